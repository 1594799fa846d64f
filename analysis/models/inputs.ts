// Inputs that several models share, so that one quantity has one name, unit and range everywhere.

export const RTT = {
  name: "rttSeconds",
  unit: "s",
  meaning: "round-trip time of the path without queueing",
  minimum: 1e-5,
  maximum: 10,
} as const;

export const RATE = {
  name: "rateBitsPerSecond",
  unit: "bit/s",
  meaning: "rate of the bottleneck",
  minimum: 1e3,
  maximum: 1e12,
} as const;

export const MSS = {
  name: "segmentBytes",
  unit: "bytes",
  meaning: "payload of a full segment",
  minimum: 1,
  maximum: 65_535,
  fallback: 1448,
} as const;

/** Ethernet 14, IPv4 20, TCP 20, timestamps 12. */
export const HEADER = {
  name: "headerBytes",
  unit: "bytes",
  meaning: "octets of a segment beside its payload, as the link counts them",
  minimum: 0,
  maximum: 1000,
  fallback: 66,
} as const;

export const INITIAL_WINDOW = {
  name: "initialWindowSegments",
  unit: "segments",
  meaning: "window of a new connection (10 in Linux, RFC 6928)",
  minimum: 1,
  maximum: 10_000,
  fallback: 10,
} as const;

export const HANDSHAKES = {
  name: "handshakes",
  unit: "1",
  meaning: "1: the connection is new; 0: it is there",
  minimum: 0,
  maximum: 1,
  fallback: 1,
} as const;

export const LOSS = {
  name: "lossRatio",
  unit: "ratio",
  meaning: "share of segments that begin a loss event; of random loss, nearly the share of segments lost",
  minimum: 0,
  maximum: 0.5,
} as const;

export const QUEUE = {
  name: "queueSegments",
  unit: "segments",
  meaning: "segments that the bottleneck's queue holds",
  minimum: 0,
  maximum: 1e9,
  fallback: 1e9,
} as const;

/**
 * Linux credits every segment acknowledged (`tcp_slow_start`, `tcp_cong_avoid_ai`), so 1 whatever
 * the receiver delays.
 */
export const CREDIT = {
  name: "segmentsPerCredit",
  unit: "segments",
  meaning:
    "b of the papers: segments acknowledged for each step of the window; 1 in Linux, 2 in a sender that counts delayed ACKs",
  minimum: 1,
  maximum: 100,
  fallback: 1,
} as const;

/** RFC 6298 in Linux: a smoothed RTT and at least 200 ms. */
export const TIMEOUT = {
  name: "timeoutSeconds",
  unit: "s",
  meaning: "T0 of the papers: the first retransmission time-out; 0 stands for RTT + 0.2 s, as in Linux",
  minimum: 0,
  maximum: 60,
  fallback: 0,
} as const;

/** T0, or what Linux has. */
export function firstTimeout(timeoutSeconds: number, rttSeconds: number): number {
  return timeoutSeconds === 0 ? rttSeconds + 0.2 : timeoutSeconds;
}
