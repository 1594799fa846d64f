// A congestion controller decides the size of the window and nothing else. The connection's
// recovery decides which segments are lost and what is sent again. Windows are in segments and may
// be fractions: a segment is sent when a whole one fits. A new controller is one file and a line in
// table.ts.

export interface CongestionSettings {
  initialWindowSegments: number;
  /**
   * Appropriate byte counting (RFC 3465): how many segments one acknowledgement may credit in slow
   * start; 0 counts acknowledgements. RFC 3465 has 2, RFC 9406 4.2 allows 8, Linux has no limit. A
   * receiver acknowledges at once what one poll brought it, up to 58 segments as measured, so 2
   * would not double. On a link of 50 Mbit/s and 100 ms 64 let the window double as TCP's does, and
   * overshoot the queue by as much.
   */
  byteCountingLimit: number;
  /** The window of `fixed`. */
  fixedWindowSegments: number;
}

/** A connection's congestion state; a controller may extend it. */
export interface Congestion {
  /** cwnd */
  windowSegments: number;
  /** ssthresh */
  thresholdSegments: number;
  /** Segments acknowledged in congestion avoidance that have not yet grown the window. */
  creditSegments: number;
}

export interface Acknowledged {
  /** Newly acknowledged by the cumulative number, at least 1. */
  segments: number;
  nowMillis: number;
  smoothedRttMillis: number;
  /**
   * Everything in flight is sent again from one segment on, after a time-out or by Tahoe: an
   * acknowledgement then credits one segment (RFC 3465 2.3).
   */
  afterRestart: boolean;
}

/** The smallest threshold and multiplicative decrease, in segments (RFC 5681 equation 4). */
export const MINIMUM_THRESHOLD_SEGMENTS = 2;

export interface Controller<S extends Congestion = Congestion> {
  readonly name: string;
  /** Whether to act on the third duplicate before the time-out (RFC 5681 3.2). */
  readonly fastRetransmit: boolean;
  /**
   * Without SACK: `none` slow-starts after a fast retransmit, `first-ack` and `full-ack` say which
   * acknowledgement ends recovery.
   */
  readonly fastRecovery: "none" | "first-ack" | "full-ack";
  start(settings: CongestionSettings): S;
  /** New data was acknowledged outside fast recovery, while the window limited the sender. */
  acknowledged(state: S, facts: Acknowledged, settings: CongestionSettings): void;
  /** Duplicates showed a loss. Called once per loss event, with the segments in flight. */
  lossDetected(state: S, flightSegments: number, nowMillis: number): void;
  /** The retransmission timer expired; `repeated` if it had expired for the same segment before. */
  timedOut(state: S, flightSegments: number, repeated: boolean): void;
  /** Nothing was sent for longer than a time-out (RFC 5681 4.1). */
  idled(state: S, settings: CongestionSettings): void;
  /** Less than half of the window was in use for five minutes (RFC 7661 4.4.3). */
  unused(state: S, settings: CongestionSettings): void;
}
