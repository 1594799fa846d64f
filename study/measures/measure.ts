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

export interface MeasureKind<Op extends Measuring = Measuring, Result = Outcome<Op>> {
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
  /** Measures by several requests, made from the one; left out: by that one alone. */
  perform?(
    request: RequestOf<Op>,
    ask: (request: RequestOf<Op>) => Promise<Outcome<Op>>,
    words: Settings,
  ): Promise<Result>;
  /**
   * The word for how many requests or transfers follow one another in a run; left out: none does.
   */
  repeats?: string;
  /** How many measurements of the words' seconds that mostly takes. */
  loads?: number;
  /** The quantities of the service's result. Quantities that the run did not yield are left out. */
  values(result: Result): Record<string, number>;
  /** Distributions of single requests by quantity, HdrHistogram V2 in base64, in microseconds. */
  histograms(result: Result): Record<string, string>;
  /** Why the result is useless, such as failed requests; null if it is not. */
  fault(result: Result): string | null;
  /**
   * Why the result says more about the measuring host than about the other, which is a fault unless
   * that host's saturation is studied; null or left out: it does not.
   */
  ownFault?(result: Result): string | null;
  /** Processor time in which the service only waited for its next request; left out: none. */
  spunSeconds?(answer: Outcome<Op>): number;
}

/** A kind whose functions know its result by type. */
export function defineMeasure<Op extends Measuring, Result>(kind: MeasureKind<Op, Result>): MeasureKind {
  return kind as unknown as MeasureKind;
}
