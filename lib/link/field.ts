// A field of a link's direction: its word and its allowed values. An impairment is a field that
// netem carries out. direction.ts has the table of all fields.

import type { Distribution } from "./jitter-shapes.ts";
import type { NetemPart } from "./netem.ts";

/** Facts of the direction that some fields need to express themselves in the kernel's terms. */
export interface DirectionContext {
  rateBitsPerSecond: number | null;
  /** Round-trip propagation delay of the link: forward plus backward delay. */
  rttMillis: number;
}

/** One field. `Value` is plain data in base units. */
export interface DirectionField<Value> {
  /** The word in scenario files and in `topology set`. */
  readonly key: string;
  /** The allowed range with an example, for error messages and editors. */
  readonly range: string;
  /** A regular expression for editors; `parse` decides. */
  readonly pattern: string;
  /** The neutral value. */
  readonly none: Value;
  /** The value, or undefined if `text` is malformed or out of `range`. */
  parse(text: string): Value | undefined;
  /** A text that `parse` reads back to the same value. */
  format(value: Value): string;
  /** The same for people, where that is too long. */
  describe?(value: Value): string;
  /** A conflict of the value with other fields of its direction; undefined without one. */
  conflict?(value: Value, beside: Beside): Conflict | undefined;
}

export interface Conflict {
  message: string;
  allowed: string;
}

/** The fields of the direction on which others depend. */
export interface Beside {
  delayMillis: number;
  jitterMillis: number;
  jitterDistribution: Distribution;
  jitterOrder: "kept" | "free";
  lossRatio: number;
  /** null: none. */
  gilbertElliott: object | null;
  markovLoss: object | null;
}

/** A field of the propagation stage. */
export interface Impairment<Value> extends DirectionField<Value> {
  /** Its parts of the stage's netem; none for a neutral value. */
  netem(value: Value, beside: Beside): readonly NetemPart[];
}

export function isImpairment(field: DirectionField<unknown>): field is Impairment<unknown> {
  return "netem" in field;
}
