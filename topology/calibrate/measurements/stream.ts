// Test packets one way by iperf 2, which opens no connection and waits for no answer. The captures
// at both ends show what was really sent and what arrived.

import { ETHERNET_IP_UDP_BYTES } from "../frames.ts";

export const STREAM_PORT = 5001;
/** Packets here are counted and not captured. */
export const FLOOD_PORT = 5002;

/** iperf's number and time stamp are 12 bytes. */
export const MIN_FRAME_BYTES = ETHERNET_IP_UDP_BYTES + 12;

/** Runs at the sending end. `-C`: no later version's words in the payload. */
export function streamCommand(
  address: string,
  packets: number,
  frameBytes: number,
  packetsPerSecond: number,
  port = STREAM_PORT,
): string[] {
  const payload = frameBytes - ETHERNET_IP_UDP_BYTES;
  const pace = `${Math.max(1, Math.round(packetsPerSecond))}pps`;
  // iperf sends one packet more than the requested bytes need.
  const load = ["-l", String(payload), "-n", String(Math.max(1, packets - 1) * payload), "-b", pace];
  return ["iperf", "-c", address, "-p", String(port), "-u", "-C", "--no-udp-fin", ...load];
}

/** Repeats the stream; each train has a port of its own. */
export function trainsCommand(train: readonly string[], trains: number, pauseMillis: number): string[] {
  const loop = `for i in $(seq ${trains}); do ${train.join(" ")}; sleep ${(pauseMillis / 1000).toFixed(3)}; done`;
  return ["sh", "-c", loop];
}
