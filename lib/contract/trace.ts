// A trace as a service is asked for it, and its result: how often it is sampled, and how much at
// the most, so that its size is bounded. Each service keeps what it sees until the asking program
// ends the trace.

import { RttlabError } from "../errors.ts";
import { whole } from "../fields/kinds.ts";
import { type Field, type Fields, readObject } from "../fields/read.ts";

export interface TraceBounds {
  everyMillis: number;
  /** Lines in all; 0: none. */
  samples: number;
  /** Packets at each end of a link; 0: none. Services that see no packets leave it. */
  packets: number;
}

/** Of a link. */
export interface LinkTrace {
  /**
   * Lines of lib/trace/sample.pl: milliseconds, then packets, bytes and drops of forward and of
   * backward.
   */
  queues: string;
  /** To be added to those milliseconds, so that they count from the epoch. */
  clockOffsetMillis: number;
  /**
   * Capture files (pcap-savefile(5)) at the leg on the first network, then the second, in base64.
   */
  captures: string[];
}

/** Of a RUDP connection. */
export interface RudpTrace {
  /** `address:port` */
  peer: string;
  /** Since the epoch. */
  beganMillis: number;
  /** Lines of docs/rudp-threads.md, `trace=FILE`. */
  lines: Readonly<Record<string, number | string | null>>[];
}

export const TRACE_RANGES = {
  everyMillis: { least: 2, most: 20, usual: 10 },
  samples: { least: 0, most: 50_000, usual: 20_000 },
  packets: { least: 0, most: 20_000, usual: 0 },
} as const;

const FIELDS: Fields<TraceBounds> = {
  everyMillis: within(TRACE_RANGES.everyMillis),
  samples: within(TRACE_RANGES.samples),
  packets: within(TRACE_RANGES.packets),
};

/** E_REQUEST with every problem. */
export function readTraceBounds(request: Readonly<Record<string, unknown>>): TraceBounds {
  const { values, problems } = readObject(FIELDS, request);
  if (problems.length > 0) throw new RttlabError("E_REQUEST", "preparing a trace: refused", { problems });
  return values;
}

function within({ least, most, usual }: { least: number; most: number; usual: number }): Field<number> {
  return { ...whole(least, most), usual };
}
