// A kind of measurement for runs: the host it uses, its words, and its results. Each kind is a file
// and a line in table.ts.

import type { Operation, RequestOf, ResultOf } from "../../lib/contract/contract.ts";
import type { Problem } from "../../lib/errors.ts";
import type { Settings } from "../file/study.ts";

/** A result of a run, in base units. */
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
  /** Role of the measuring host. */
  role: "loadgen" | "rudp";
  /** Its words behind `measure.` other than `kind` and `host`, with their allowed values. */
  words: Readonly<Record<string, string>>;
  quantities: readonly Quantity[];
  /** Every problem of the words; `place` is the prefix of their paths. */
  problems(words: Settings): Problem[];
  /** The request to the host's service. */
  request(words: Settings, seed: number): RequestOf<Op>;
  /** The quantities of the service's result. Quantities that the run did not yield are left out. */
  values(result: Outcome<Op>): Record<string, number>;
  /** Distributions of single requests by quantity, HdrHistogram V2 in base64, in microseconds. */
  histograms(result: Outcome<Op>): Record<string, string>;
  /** Why the result is useless, such as failed requests; null if it is not. */
  fault(result: Outcome<Op>): string | null;
}
