// That offloads are off, by capture: under a TCP load no packet on a data interface is above the
// MTU. Where segmentation were left to the interface, or segments merged on arrival, a link would
// lose, queue and count 64 kB at a time.

import type { Check } from "../../../lib/contract/calibration.ts";
import { unjudged } from "../check.ts";

const MTU_BYTES = 1500;
/** Packets that tcpdump waits for; the load has five times as many each way. */
const CAPTURED_PACKETS = 400;
const BYTES = "3M";
const IPERF_PORT = 5201;
const SECONDS = 4;

/** In this time a capture has mostly begun. */
const CAPTURES_BEGIN_SECONDS = 0.15;

/** TCP both ways over the bare path, run at one end: for so long, or some megabytes (null). */
export function bulkCommand(other: string, seconds: number | null): string[] {
  const load = seconds === null ? ["-n", BYTES] : ["-t", String(seconds)];
  const iperf = ["iperf3", "-c", other, "--bidir", "-J", "--connect-timeout", "1000", ...load];
  return ["sh", "-c", `sleep ${CAPTURES_BEGIN_SECONDS}; exec ${iperf.join(" ")}`];
}

/** Reads the rate at which data arrived at the other end; null when there was no test. */
export function parseBulk(json: string): number | null {
  try {
    const { end } = JSON.parse(json) as { end?: { sum_received?: { bits_per_second?: number } } };
    return end?.sum_received?.bits_per_second ?? null;
  } catch {
    return null;
  }
}

/**
 * Run where packets are to be seen, on every interface there, while the load runs; ends by itself
 * after that.
 */
export function captureCommand(): string[] {
  const filter = `tcp port ${IPERF_PORT} and ip[2:2] > 1000`;
  const words = ["-Z", "root", "-i", "any", "-p", "-n", "-t", "-v", "-s", "96", "-c", String(CAPTURED_PACKETS)];
  return ["timeout", "-s", "INT", String(SECONDS), "tcpdump", ...words, filter];
}

/** Lengths of captured IP packets. */
export interface Capture {
  packets: number;
  largestBytes: number;
}

/** Reads what `tcpdump -v` prints. */
export function parseCapture(text: string): Capture {
  const lengths = Array.from(text.matchAll(/proto TCP \(6\), length (\d+)/g), ([, length]) => Number(length));
  return { packets: lengths.length, largestBytes: lengths.reduce((largest, length) => Math.max(largest, length), 0) };
}

/** Holds the captures of one link, by the place where they were made, against the MTU. */
export function checkLargestPacket(captures: Readonly<Record<string, Capture>>): Check {
  const all = Object.entries(captures);
  const facts = {
    ...({ quantity: "largest packet", unit: "bytes", configured: MTU_BYTES, expected: MTU_BYTES } as const),
    samples: all.reduce((sum, [, { packets }]) => sum + packets, 0),
    measured: Math.max(...all.map(([, { largestBytes }]) => largestBytes)),
  };
  const blind = all.filter(([, { packets }]) => packets === 0).map(([place]) => place);
  const above = all.filter(([, { largestBytes }]) => largestBytes > MTU_BYTES).map(([place]) => place);
  if (above.length > 0) {
    return { ...facts, tolerance: 0, verdict: "outside", note: `seen at ${above.join(", ")}: an offload is on there` };
  }
  if (blind.length > 0) return unjudged({ ...facts, note: `tcpdump saw no large packet at ${blind.join(", ")}` });
  const note = `IP packets by tcpdump under TCP load at ${all.map(([place]) => place).join(", ")}; none may be above the MTU`;
  return { ...facts, tolerance: 0, verdict: "within", note };
}
