// TCP's settings in a host, the same on every machine, so that results do not depend on its
// defaults. Buffers hold what the fattest path of the scenario, whatever its events make of it, can
// have in flight and queued (RFC 1323, section 1.1, explains why).

import { changedSettings, DIRECTIONS, type DirectionName, type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import { otherEnd, pathBetween } from "../model/graph.ts";
import type { Topology } from "../model/topology.ts";
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

type Ways = Pick<Layout, "nextLink">;

/** Sysctls of every host; all are per network namespace. */
export function tcpSysctls(topology: Topology, ways: Ways): Record<string, string> {
  const bytes = bufferBytes(topology, ways);
  return {
    "net.ipv4.ip_unprivileged_port_start": "0",
    "net.ipv4.tcp_no_metrics_save": "1",
    "net.ipv4.tcp_slow_start_after_idle": "1",
    "net.ipv4.tcp_rmem": `4096 ${RECEIVE_BUFFER_BYTES} ${bytes}`,
    "net.ipv4.tcp_wmem": `4096 16384 ${bytes}`,
    "net.ipv6.conf.all.disable_ipv6": "1",
  };
}

/** The size to which a connection's buffers may grow. */
export function bufferBytes(topology: Topology, ways: Ways): number {
  const needed = Math.max(MIN_BYTES, OVERHEAD * largestFlightBytes(topology, ways));
  return Math.min(MAX_BYTES, 2 ** Math.ceil(Math.log2(needed)));
}

/**
 * Whether one connection with buffers of `bytes` fills the fattest path. A queue that manages
 * itself need not be full for that: no more than a bandwidth-delay product of it counts.
 */
export function buffersSuffice(topology: Topology, ways: Ways, bytes = bufferBytes(topology, ways)): boolean {
  return OVERHEAD * largestFlightBytes(topology, ways, fillingPackets) <= bytes;
}

const fillingPackets: typeof queuePackets = (queue, context) => {
  const most = queuePackets(queue, context);
  if (queue.kind === "drop-tail") return most;
  return Math.min(most, queuePackets({ kind: "drop-tail", amount: 1, unit: "bdp" }, context));
};

/** The links that data cross, each with the direction in which they do. */
type Path = readonly { link: string; side: DirectionName }[];

/** The settings of each link, by its name. */
type Moment = ReadonlyMap<string, LinkSettings>;

/**
 * Most bytes that one connection between two hosts can have in flight and queued, at the beginning
 * and after each of the events. `packetsOf`: how many a queue counts for.
 */
function largestFlightBytes(topology: Topology, ways: Ways, packetsOf = queuePackets): number {
  const paths = pathsOf(topology, ways);
  const flights = momentsOf(topology).flatMap((moment) => paths.map((path) => flightBytes(path, moment, packetsOf)));
  return flights.reduce((largest, bytes) => Math.max(largest, bytes), 0);
}

function pathsOf({ hosts, links }: Topology, { nextLink }: Ways): Path[] {
  const networks = [...new Set(hosts.map(({ network }) => network))];
  return networks.flatMap((from) =>
    networks.flatMap((to) => {
      let at = from;
      const path = (pathBetween(from, to, links, nextLink) ?? []).map((link) => {
        const side: DirectionName = link.between[0] === at ? "forward" : "backward";
        at = otherEnd(link, at) as string;
        return { link: link.name, side };
      });
      return path.length === 0 ? [] : [path];
    }),
  );
}

/** Events at the same time are one moment. */
function momentsOf({ links, events }: Topology): Moment[] {
  const first: Moment = new Map(links.map(({ name, settings }) => [name, settings]));
  let now = first;
  const later = [...Map.groupBy(events, ({ atMillis }) => atMillis).values()].map((together) => {
    const next = new Map(now);
    for (const { link, change } of together) {
      const before = next.get(link);
      if (before !== undefined) next.set(link, changedSettings(before, change));
    }
    now = next;
    return next;
  });
  return [first, ...later];
}

/** At the least rate in the direction of the data, over the round trip and what waits both ways. */
function flightBytes(path: Path, moment: Moment, packetsOf: typeof queuePackets): number {
  const links = path.map(({ link, side }) => {
    const settings = moment.get(link) as LinkSettings;
    const rtt = rttMillis(settings);
    const queued = Math.max(...DIRECTIONS.map((each) => queuedBytes(settings[each], rtt, packetsOf)));
    return { rate: settings[side].rateBitsPerSecond ?? UNLIMITED_BITS_PER_SECOND, rtt, queued };
  });
  const rate = Math.min(...links.map((link) => link.rate));
  return Math.ceil((rate / 8000) * sum(links.map((link) => link.rtt)) + sum(links.map((link) => link.queued)));
}

function queuedBytes(
  { rateBitsPerSecond, queue }: LinkSettings["forward"],
  rtt: number,
  packetsOf: typeof queuePackets,
): number {
  return rateBitsPerSecond === null ? 0 : FRAME_BYTES * packetsOf(queue, { rateBitsPerSecond, rttMillis: rtt });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
