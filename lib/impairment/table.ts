// The impairments there are, by the field of Direction that holds each one's value.

import { delay } from "./delay.ts";
import type { Impairment } from "./impairment.ts";
import { loss } from "./loss.ts";
import { type Queue, queue } from "./queue.ts";
import { rate } from "./rate.ts";

/** One direction of a link. All values are in base units; what a scenario leaves out has the value of UNIMPAIRED. */
export interface Direction {
  delayMillis: number;
  lossRatio: number;
  /** null: not limited. */
  rateBitsPerSecond: number | null;
  /** The queue at the transmitter; without meaning while the rate is not limited. */
  queue: Queue;
}

/** An impairment for each field of Direction, in the order in which people read them. */
export const IMPAIRMENTS: { readonly [Field in keyof Direction]: Impairment<Direction[Field]> } = {
  delayMillis: delay,
  lossRatio: loss,
  rateBitsPerSecond: rate,
  queue,
};

/** A direction that changes nothing. */
export const UNIMPAIRED: Direction = {
  delayMillis: 0,
  lossRatio: 0,
  rateBitsPerSecond: null,
  queue: { amount: 1, unit: "bdp" },
};
