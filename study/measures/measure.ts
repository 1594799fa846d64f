// A kind of measurement that a run can be: which host is asked, with which words, and what comes of it. Each kind is one file;
// the table is in table.ts.

import type { Operation, RequestOf, ResultOf } from "../../lib/contract/contract.ts";
import type { Problem } from "../../lib/errors.ts";
import type { Settings } from "../file/study.ts";

/** Something that a run yields, in base units. */
export interface Quantity {
  name: string;
  /** `s`, `bit/s`, `1/s`, `bytes`, `1`. */
  unit: string;
  meaning: string;
}

/** Operations that measure something. */
export type Measuring = Extract<Operation, `${string}.run`>;
type Outcome<Op extends Measuring> = ResultOf<Op>["result"];

export interface MeasureKind<Op extends Measuring = Measuring> {
  kind: string;
  operation: Op;
  /** Role of the host that is asked. */
  role: "loadgen" | "rudp";
  /** The words behind `measure.` that it knows beside `kind` and `host`, with what is allowed. */
  words: Readonly<Record<string, string>>;
  quantities: readonly Quantity[];
  /** Everything wrong with the words; `place` is the prefix of their paths. */
  problems(words: Settings): Problem[];
  /** The request of the host's service. */
  request(words: Settings, seed: number): RequestOf<Op>;
  /** The quantities of the service's result. A quantity that the run could not give is left out. */
  values(result: Outcome<Op>): Record<string, number>;
  /** Distributions of single requests by quantity, HdrHistogram V2 in base64, in microseconds. */
  histograms(result: Outcome<Op>): Record<string, string>;
  /** Why the result is of no use, such as requests that failed; null when it is. */
  fault(result: Outcome<Op>): string | null;
}
