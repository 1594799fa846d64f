// The kinds of queue. A direction holds one of them; `kind` says which.

import type { DirectionContext, DirectionField } from "../field.ts";
import type { Qdisc } from "../qdisc.ts";
import { cake } from "./cake.ts";
import { codel } from "./codel.ts";
import { dropTail } from "./drop-tail.ts";
import { fq } from "./fq.ts";
import { fqCodel } from "./fq-codel.ts";
import type { QueueKind, Standing } from "./kind.ts";
import { pie } from "./pie.ts";
import { red } from "./red.ts";

const KINDS = [dropTail, fqCodel, codel, pie, red, cake, fq] as const;

/** A declared queue. */
export type Queue = NonNullable<ReturnType<(typeof KINDS)[number]["parse"]>>;

export const queue: DirectionField<Queue> = {
  key: "queue",
  range: KINDS.map(({ range }) => range).join("; or "),
  pattern: KINDS.map(({ pattern }) => pattern).join("|"),
  none: { kind: "drop-tail", amount: 1, unit: "bdp" },
  parse: (text) => KINDS.map((kind) => kind.parse(text)).find((read) => read !== undefined),
  format: (value) => kindOf(value).format(value),
};

/**
 * Full frames that the queue holds. A queue in bdp or ms has no size without a rate; the model
 * refuses that earlier.
 */
export function queuePackets(value: Queue, context: DirectionContext): number {
  return kindOf(value).packets(value, context);
}

/** The delay that the queue lets stand while TCP fills the link; null: it is no AQM. */
export function standingOf(value: Queue, rateBitsPerSecond: number): Standing | null {
  return kindOf(value).standing?.(value, rateBitsPerSecond) ?? null;
}

/** The qdisc of a transmission stage with this rate and queue. */
export function transmissionQdisc(
  value: Queue,
  rateBitsPerSecond: number,
  context: DirectionContext,
  seed: number | null,
): Qdisc {
  return kindOf(value).qdisc(value, rateBitsPerSecond, context, seed);
}

/** The same where a timeline drives the rate. */
export function drivenQdisc(
  value: Queue,
  rateBitsPerSecond: number,
  context: DirectionContext,
  seed: number | null,
): Qdisc {
  const driven = kindOf(value).drivenQdisc?.(value, rateBitsPerSecond, context);
  return driven ?? transmissionQdisc(value, rateBitsPerSecond, context, seed);
}

/** Modules that any of the kinds needs. */
export const QUEUE_MODULES: readonly string[] = [...new Set(KINDS.flatMap(({ modules }) => modules))];

function kindOf(value: Queue): QueueKind<Queue> {
  return KINDS.find(({ kind }) => kind === value.kind) as unknown as QueueKind<Queue>;
}
