// What happens during a load, as data. The closed loop tells; the recorder, the metrics and the progress line listen.
// Times are milliseconds of performance.now(); `begunAtMillis` is when the user wished to make the request.

import type { FailureKind, PageOutcome } from "../../lib/contract/load/load.ts";

export type LoadEvent =
  | { what: "begun"; atMillis: number }
  | { what: "opened"; atMillis: number; begunAtMillis: number; connectMillis: number }
  | { what: "body"; atMillis: number; bytes: number }
  | ({ what: "completed" } & Completed)
  | ({ what: "failed" } & Failed)
  | { what: "cut"; begunAtMillis: number; atMillis: number }
  | ({ what: "page" } & LoadedPage);

export interface Completed {
  begunAtMillis: number;
  atMillis: number;
  status: number;
  firstByteMillis: number;
  transferMillis: number;
  totalMillis: number;
}

export interface Failed {
  begunAtMillis: number;
  atMillis: number;
  kind: FailureKind;
  /** The status of a response that came whole, but was not of 2xx. */
  status: number | null;
  message: string;
}

/** A page that has ended, beside the events of its requests. */
export interface LoadedPage {
  begunAtMillis: number;
  atMillis: number;
  outcome: PageOutcome;
  /** How many its document named. */
  objects: number;
}

export type Observe = (event: LoadEvent) => void;
