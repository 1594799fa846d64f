// One direction of a link as data: a value for each field of the table, in base units. A new field
// is a file and a line here.

import type { Conflict, DirectionField } from "./field.ts";
import { corruption } from "./impairments/corruption.ts";
import { delay } from "./impairments/delay.ts";
import { distribution } from "./impairments/distribution.ts";
import { duplication } from "./impairments/duplication.ts";
import { gilbert } from "./impairments/gilbert.ts";
import { jitter } from "./impairments/jitter.ts";
import { loss } from "./impairments/loss.ts";
import { markov } from "./impairments/markov.ts";
import { order } from "./impairments/order.ts";
import { reordering } from "./impairments/reordering.ts";
import { slots } from "./impairments/slots.ts";
import { state } from "./impairments/state.ts";
import { queue } from "./queues/table.ts";
import { rate } from "./rate.ts";

/** The fields in the order in which people read them and netem receives them. */
export const FIELDS = {
  delayMillis: delay,
  jitterMillis: jitter,
  jitterDistribution: distribution,
  jitterOrder: order,
  reorderingRatio: reordering,
  lossRatio: loss,
  /** null: none. */
  gilbertElliott: gilbert,
  /** null: none. */
  markovLoss: markov,
  duplicationRatio: duplication,
  corruptionRatio: corruption,
  /** null: packets are delivered as they come. */
  slots,
  /** null: unlimited. */
  rateBitsPerSecond: rate,
  state,
  /** The queue at the transmitter; without effect while the rate is unlimited. */
  queue,
} as const;

export type FieldName = keyof typeof FIELDS;

type ValueOf<Of> = Of extends DirectionField<infer Value> ? Value : never;

/** One direction of a link. A field that a scenario leaves out has the value of UNIMPAIRED. */
export type Direction = { [Name in FieldName]: ValueOf<(typeof FIELDS)[Name]> };

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** A field without the type of its value, for loops over all of them. */
export function fieldOf(name: FieldName): DirectionField<unknown> {
  return FIELDS[name] as DirectionField<unknown>;
}

/** Field names by their words in files. */
export const FIELD_BY_KEY: ReadonlyMap<string, FieldName> = new Map(
  FIELD_NAMES.map((name) => [FIELDS[name].key, name] as const),
);

/** Values of a direction that contradict each other. */
export function conflictsOf(direction: Direction): ({ name: FieldName } & Conflict)[] {
  return FIELD_NAMES.flatMap((name) => {
    const conflict = fieldOf(name).conflict?.(direction[name], direction);
    return conflict === undefined ? [] : [{ name, ...conflict }];
  });
}

/** A direction that impairs nothing. */
export const UNIMPAIRED = Object.freeze(
  Object.fromEntries(FIELD_NAMES.map((name) => [name, FIELDS[name].none])),
) as unknown as Direction;
