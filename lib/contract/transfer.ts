// A measured transfer between RUDP endpoints (services/rudp): its settings, its progress, and its
// result, which is stored unchanged. Plain JSON in base units named by the fields.

export const TRANSFER_DIRECTIONS = ["send", "receive", "both"] as const;
export type TransferDirection = (typeof TRANSFER_DIRECTIONS)[number];

/**
 * Options of this end of a connection by name; docs/rudp-reference.md lists them, and the service
 * checks them.
 */
export type ConnectionChoices = Readonly<Partial<Record<string, string | number | boolean>>>;

export interface TransferSettings {
  /** `host:port` of a RUDP endpoint that serves transfers. */
  target: string;
  direction: TransferDirection;
  /** Bytes to transfer; null: as many as `seconds` allow. `both` takes seconds only. */
  bytes: number | null;
  seconds: number | null;
  /**
   * How many at once, and how long they send before what they send counts: with `ending: "cut"`
   * alone.
   */
  connections: number;
  warmupSeconds: number;
  /**
   * When the seconds are over: `wait` until everything has come through, or `cut` off what has not.
   */
  ending: "wait" | "cut";
  /** Of the stream that is sent and checked. */
  seed: number;
  connection: ConnectionChoices;
  /** File for the trace of the connection, or null. */
  trace: string | null;
}

/** The settings of a request. Omitted ones have defaults. */
export type TransferRequest = Partial<TransferSettings>;

/** Progress of a transfer. Sent bytes are those that the peer has acknowledged. */
export interface TransferProgress {
  elapsedSeconds: number;
  sentBytes: number;
  receivedBytes: number;
  numbers: ConnectionNumbers;
}

export interface TransferResult {
  settings: TransferSettings;
  /** ISO 8601. */
  startedAt: string;
  /**
   * From the first SYN until all bytes have arrived; of what was cut off, until then.
   */
  elapsedSeconds: number;
  /** From a connection's first SYN until it is open; of several, the median. */
  connectSeconds: number;
  sentBytes: number;
  receivedBytes: number;
  /**
   * Of both directions together, over `elapsedSeconds`; of what was cut off, over the seconds after
   * the warm-up.
   */
  goodputBitsPerSecond: number;
  /** Of the service's process with all its threads. */
  cpuSeconds: number;
  /** The connection's numbers at its end, of this side; of several, the first one's. */
  numbers: ConnectionNumbers;
  /**
   * Of all connections, after the warm-up; null where the other end sends, alone or too: it has
   * counted its own.
   */
  losses: SenderLosses | null;
}

/** The losses that a sender noticed, and its answers to them. */
export interface SenderLosses {
  /** Recoveries begun, and time-outs. */
  lossEvents: number;
  timeouts: number;
  resentSegments: number;
}

/** A small transfer every few seconds, in the background. */
export interface BackgroundTransfer {
  /** `host:port` of a RUDP endpoint that serves transfers. */
  target: string;
  bytes: number;
  /** Pause between the end of one transfer and the start of the next. */
  pauseMillis: number;
}

/** The counters of each connection at an endpoint; docs/rudp.md explains each. */
export interface ConnectionNumbers extends ConnectionCounters {
  windowSegments: number;
  /** Slow start ends here; null: nowhere yet. */
  thresholdSegments: number | null;
  smoothedRttMillis: number;
  rttVariationMillis: number;
  rtoMillis: number;
  inFlightSegments: number;
  outstandingSegments: number;
  peerWindowSegments: number;
  acknowledgedSegments: number;
}

export interface ConnectionCounters {
  segmentsSent: number;
  segmentsReceived: number;
  dataSegmentsSent: number;
  dataBytesDelivered: number;
  dataBytesAcknowledged: number;
  /** Sent again because duplicates showed the loss that begins a recovery (fast retransmit). */
  resentFast: number;
  /**
   * Further losses repaired in a recovery: holes reported by SACK, or found by a partial
   * acknowledgement.
   */
  resentRecovery: number;
  resentTimeout: number;
  /** Sent yet again because the copy was lost too. */
  resentCopy: number;
  /** Sent again before being judged lost (RFC 6675 NextSeg, rules 3 and 4). */
  resentRescue: number;
  /** Segments that the peer reported to have had already. */
  resentNeedlessly: number;
  fastRecoveries: number;
  timeouts: number;
  spuriousRecoveries: number;
  duplicateAcks: number;
  duplicateSegments: number;
  earlySegments: number;
  refusedSegments: number;
  acksSent: number;
  probesSent: number;
}
