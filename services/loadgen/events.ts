// Events of a load, as data. The closed loop emits them; the recorder, the metrics and the progress
// line receive them. Times are milliseconds of performance.now(); `begunAtMillis` is when the user
// wished to make the request.

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
  /** The status of a complete response that was not 2xx. */
  status: number | null;
  message: string;
}

/** A page that has ended, in addition to the events of its requests. */
export interface LoadedPage {
  begunAtMillis: number;
  atMillis: number;
  outcome: PageOutcome;
  /** How many its document named. */
  objects: number;
}

export type Observe = (event: LoadEvent) => void;
