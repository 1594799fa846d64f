// A field of a link's direction: how people write it and which values it takes. An impairment is a field that
// netem carries out on the way; the table of all fields is in direction.ts.

import type { NetemPart } from "./netem.ts";

/** Facts of the direction that some fields need to put themselves into the kernel's terms. */
export interface DirectionContext {
  rateBitsPerSecond: number | null;
  /** Round-trip propagation delay of the link: forward and backward delay together. */
  rttMillis: number;
}

/** One field. `Value` is plain data in base units. */
export interface Field<Value> {
  /** The word in scenario files and in `topology set`. */
  readonly key: string;
  /** The allowed range with an example, for error messages and `--help`. */
  readonly range: string;
  /** A regular expression for editors; `parse` has the last word. */
  readonly pattern: string;
  /** The value of a direction that changes nothing. */
  readonly none: Value;
  /** The value, or undefined when `text` is not of the form or out of `range`. */
  parse(text: string): Value | undefined;
  /** What `parse` reads back to the same value. */
  format(value: Value): string;
}

/** A field of the propagation stage. */
export interface Impairment<Value> extends Field<Value> {
  /** Its parts of the stage's netem; none when the value impairs nothing. */
  netem(value: Value): readonly NetemPart[];
  /** What is wrong with the value beside the other fields of its direction; undefined when nothing is. */
  conflict?(value: Value, beside: { delayMillis: number }): { message: string; allowed: string } | undefined;
}

export function isImpairment(field: Field<unknown>): field is Impairment<unknown> {
  return "netem" in field;
}
