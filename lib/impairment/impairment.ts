// What an impairment is. Each lives in one file of this folder: how people write it, its range, its netem words.
// The table is in table.ts; a new impairment is one new file and one line there.

/** Where in a direction an impairment acts: on the way (an ifb at the ingress) or at the sending interface (DESIGN section 1). */
export type Stage = "propagation" | "transmission";

/** Facts of the direction that some impairments need to put themselves into netem's terms. */
export interface DirectionContext {
  rateBitsPerSecond: number | null;
  /** Round-trip propagation delay of the link: forward and backward delay together. */
  rttMillis: number;
}

/** One impairment. `Value` is plain data in base units. */
export interface Impairment<Value> {
  /** The word in scenario files and in `topology set`. */
  readonly key: string;
  readonly stage: Stage;
  /** The allowed range with an example, for error messages and `--help`. */
  readonly range: string;
  /** A regular expression for editors; `parse` has the last word. */
  readonly pattern: string;
  /** The value, or undefined when `text` is not of the form or out of `range`. */
  parse(text: string): Value | undefined;
  /** What `parse` reads back to the same value. */
  format(value: Value): string;
  /** netem's words for the value; empty when it impairs nothing. */
  netemArguments(value: Value, context: DirectionContext): string[];
  /** What `tc -j qdisc show` then says of it among the netem's options; empty when it impairs nothing. */
  netemReport(value: Value, context: DirectionContext): Record<string, unknown>;
}
