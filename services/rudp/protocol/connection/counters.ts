// What a connection counts, for metrics, traces and tests.

export interface Counters {
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

/** Segments sent again for any reason. */
export function resentSegments(counters: Pick<Counters, ResentCounter>): number {
  return RESENT_COUNTERS.reduce((sum, name) => sum + counters[name], 0);
}

const RESENT_COUNTERS = ["resentFast", "resentRecovery", "resentTimeout", "resentCopy", "resentRescue"] as const;
export type ResentCounter = (typeof RESENT_COUNTERS)[number];

export function createCounters(): Counters {
  return {
    segmentsSent: 0,
    segmentsReceived: 0,
    dataSegmentsSent: 0,
    dataBytesDelivered: 0,
    dataBytesAcknowledged: 0,
    resentFast: 0,
    resentRecovery: 0,
    resentTimeout: 0,
    resentCopy: 0,
    resentRescue: 0,
    resentNeedlessly: 0,
    fastRecoveries: 0,
    timeouts: 0,
    spuriousRecoveries: 0,
    duplicateAcks: 0,
    duplicateSegments: 0,
    earlySegments: 0,
    refusedSegments: 0,
    acksSent: 0,
    probesSent: 0,
  };
}
