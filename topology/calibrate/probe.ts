// Probes: two short-lived containers, one on each network of a link, from the image of hosts. Each
// wires itself as hosts are wired, for which it has NET_ADMIN; NET_RAW is for tcpdump. They end by
// themselves if nobody is left to remove them.

import { RttlabError } from "../../lib/errors.ts";
import { wiringWords } from "../apply/wiring.ts";
import { addressAt, parseSubnet, subnetSize } from "../model/subnet.ts";
import { belongingName, dockerName, labelsOf } from "../plan/names.ts";
import type { ContainerSpec } from "../plan/step.ts";
import { CONGESTION_CONTROL, RECEIVE_BUFFER_BYTES } from "../plan/tcp.ts";
import { FLOOD_PORT, STREAM_PORT } from "./measurements/stream.ts";

/** One side of a link: the network of its leg, and the probe's place there. */
export interface Side {
  /** Name in the scenario. */
  network: string;
  /** Name in Docker. */
  dockerNetwork: string;
  subnet: string;
  gateway: string;
  legAddress: string;
  probeAddress: string;
}

/** The place of a probe. */
export interface ProbeSite {
  scenario: string;
  /** Name of the link in the scenario. */
  link: string;
  /** Tag of the host image. */
  image: string;
  sides: readonly [first: Side, second: Side];
}

/** Longer than a thorough calibration. */
const LIFETIME_SECONDS = 7200;
/** The bytes in flight on a gigabit path of 400 ms. */
const BUFFER_BYTES = 64 * 1024 ** 2;

/**
 * Wires itself, then listens with iperf3, for TCP over the bare path. Streams go to sockets of
 * stopped iperf processes, which nobody reads: without the sockets the kernel would answer each
 * packet. It prints ready, and ends after its lifetime.
 */
const BEGIN = `/rttlab/wire.sh "$@" || exit 1
iperf3 -s >/dev/null 2>&1 &
iperf -s -u -p ${STREAM_PORT} >/dev/null 2>&1 &
sinks=$!
iperf -s -u -p ${FLOOD_PORT} >/dev/null 2>&1 &
sinks="$sinks $!"
listens() { ss -Hltun | grep -q ":$1 "; }
until listens 5201 && listens ${STREAM_PORT} && listens ${FLOOD_PORT}; do sleep 0.02; done
kill -STOP $sinks
echo '{"event":"ready"}' >&2
exec sleep ${LIFETIME_SECONDS}`;

/** The highest address of a subnet that is not taken. Throws E_NO_FREE_ADDRESS. */
export function freeAddress(subnet: string, taken: readonly string[]): string {
  const parsed = parseSubnet(subnet);
  const size = parsed === undefined ? 0 : subnetSize(parsed);
  for (let offset = size - 2; parsed !== undefined && offset > 1; offset -= 1) {
    const address = addressAt(parsed, offset);
    if (!taken.includes(address)) return address;
  }
  throw new RttlabError("E_NO_FREE_ADDRESS", `choosing an address for a probe: ${subnet} has none left`);
}

/** The probe at side 0 or 1. */
export function probeSpec({ scenario, link, image, sides }: ProbeSite, at: 0 | 1): ContainerSpec {
  const { network, dockerNetwork, probeAddress, legAddress, gateway } = sides[at];
  const other = sides[at === 0 ? 1 : 0];
  const wiring = wiringWords({
    routes: [{ subnet: other.subnet, via: legAddress }],
    congestionControl: CONGESTION_CONTROL,
    blackholes: [gateway],
    dataAddresses: [probeAddress],
  });
  return {
    name: belongingName(dockerName(scenario, link), `probe-${network}`),
    hostname: `probe-${at + 1}`,
    image,
    labels: labelsOf(scenario, "probe", link),
    command: ["sh", "-c", BEGIN, "sh", ...wiring],
    environment: {},
    attachments: [{ network: dockerNetwork, address: probeAddress }],
    extraHosts: {},
    sysctls: {
      "net.ipv4.tcp_no_metrics_save": "1",
      "net.ipv4.tcp_rmem": `4096 ${RECEIVE_BUFFER_BYTES} ${BUFFER_BYTES}`,
      "net.ipv4.tcp_wmem": `4096 16384 ${BUFFER_BYTES}`,
      "net.ipv4.ping_group_range": "0 2147483647",
      "net.ipv6.conf.all.disable_ipv6": "1",
    },
    user: "0:0",
    capabilities: ["NET_ADMIN", "NET_RAW"],
    tmpfs: { "/tmp": "rw,nosuid,nodev,size=16m,mode=1777" },
    memoryBytes: 512 * 1024 ** 2,
    pidsLimit: 128,
    ports: [],
  };
}
