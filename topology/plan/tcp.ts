// TCP's settings in a host, the same on every machine, so that results do not depend on its
// defaults. Buffers hold what the fattest path of the scenario can have in flight and queued (RFC
// 1323, section 1.1, explains why).

import { DIRECTIONS, rttMillis } from "../../lib/link/link.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import { otherEnd, pathBetween } from "../model/graph.ts";
import type { Link, Topology } from "../model/topology.ts";
import type { Layout } from "./layout.ts";

export const CONGESTION_CONTROL = "cubic";

/** From which the kernel sizes a connection's receive buffer itself. */
export const RECEIVE_BUFFER_BYTES = 131_072;

/**
 * The minimum: enough for 50 Mbit/s over 300 ms, so that small changes of a scenario leave the
 * hosts as they are.
 */
const MIN_BYTES = 16 * 1024 ** 2;
/** Above this, a single connection would eat a container's memory. */
const MAX_BYTES = 128 * 1024 ** 2;
/**
 * The kernel counts its own structures too: a full frame of 1448 bytes of data takes up to 2304,
 * and half may be held back.
 */
const OVERHEAD = 4;
/** The assumed rate of an unlimited link. */
const UNLIMITED_BITS_PER_SECOND = 1e9;

/** Sysctls of every host; all are per network namespace. */
export function tcpSysctls(topology: Topology, layout: Layout): Record<string, string> {
  const needed = Math.max(MIN_BYTES, OVERHEAD * largestFlightBytes(topology, layout));
  const bytes = Math.min(MAX_BYTES, 2 ** Math.ceil(Math.log2(needed)));
  return {
    "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.tcp_no_metrics_save": "1",
    "net.ipv4.tcp_slow_start_after_idle": "1",
    "net.ipv4.tcp_rmem": `4096 ${RECEIVE_BUFFER_BYTES} ${bytes}`,
    "net.ipv4.tcp_wmem": `4096 16384 ${bytes}`,
    "net.ipv6.conf.all.disable_ipv6": "1",
  };
}

/** Whether the buffers hold everything that the fattest path can have in flight. */
export function buffersSuffice(topology: Topology, layout: Layout): boolean {
  return OVERHEAD * largestFlightBytes(topology, layout) <= MAX_BYTES;
}

/** Most bytes that one connection between two hosts can have in flight and queued. */
function largestFlightBytes({ hosts, links }: Topology, { nextLink }: Layout): number {
  const networks = [...new Set(hosts.map(({ network }) => network))];
  const flights = networks.flatMap((from) =>
    networks.map((to) => flightBytes(from, pathBetween(from, to, links, nextLink) ?? [])),
  );
  return Math.max(0, ...flights);
}

/** At the least rate in the direction of the data, over the round trip and what waits both ways. */
function flightBytes(from: string, path: readonly Link[]): number {
  let at = from;
  const rates = path.map((link) => {
    const side = link.between[0] === at ? "forward" : "backward";
    at = otherEnd(link, at) as string;
    return link.settings[side].rateBitsPerSecond ?? UNLIMITED_BITS_PER_SECOND;
  });
  const rtt = sum(path.map(({ settings }) => rttMillis(settings)));
  const queued = path.map(({ settings }) =>
    Math.max(...DIRECTIONS.map((side) => queuedBytes(settings[side], rttMillis(settings)))),
  );
  return path.length === 0 ? 0 : Math.ceil((Math.min(...rates) / 8000) * rtt + sum(queued));
}

function queuedBytes({ rateBitsPerSecond, queue }: Link["settings"]["forward"], rtt: number): number {
  return rateBitsPerSecond === null ? 0 : FRAME_BYTES * queuePackets(queue, { rateBitsPerSecond, rttMillis: rtt });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
