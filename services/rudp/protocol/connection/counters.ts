// The counters of a connection, for metrics, traces and tests.

import type { ConnectionCounters } from "../../../../lib/contract/transfer.ts";

/** Segments sent again for any reason. */
export function resentSegments(counters: Pick<ConnectionCounters, ResentCounter>): number {
  return RESENT_COUNTERS.reduce((sum, name) => sum + counters[name], 0);
}

const RESENT_COUNTERS = ["resentFast", "resentRecovery", "resentTimeout", "resentCopy", "resentRescue"] as const;
export type ResentCounter = (typeof RESENT_COUNTERS)[number];

export function createCounters(): ConnectionCounters {
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
