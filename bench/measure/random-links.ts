// Links drawn at random over the whole range of calibration, and faults to be found in them. Pure:
// a seed gives the same links everywhere.

import { type Direction, UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import { randomSequence } from "../../lib/random.ts";

export const FAULTS = ["rate", "delay", "loss", "queue"] as const;
export type Fault = (typeof FAULTS)[number];

/** A link as it is made, and as it is declared to the calibration. */
export interface DrawnLink {
  made: LinkSettings;
  declared: LinkSettings;
  /** null: both are the same. */
  fault: { side: "forward" | "backward"; quantity: Fault } | null;
}

/** The rate of full frames that a link can carry; links of a slow machine carry less. */
const CEILING_BITS_PER_SECOND = 200e6;

/** The `index`-th link of a seed, up to a rate; the odd ones are wrong. */
export function drawLink(seed: number, index: number, ceilingBitsPerSecond = CEILING_BITS_PER_SECOND): DrawnLink {
  const random = randomSequence(seed * 100_003 + index);
  const between = (low: number, high: number) => low * (high / low) ** random();
  const delays = [0, 0].map(() => (random() < 0.15 ? 0 : round(between(1, 2000))));
  const rtt = (delays[0] as number) + (delays[1] as number);
  const direction = (delayMillis: number): Direction => {
    const rateBitsPerSecond = Math.round(between(16e3, ceilingBitsPerSecond));
    const bdp = Math.max(1, (rateBitsPerSecond * rtt) / 8000 / FRAME_BYTES);
    const amount = Math.max(1, Math.floor(between(1, 8 * bdp + 1)));
    const lossRatio = random() < 0.3 ? 0 : round(between(1e-4, 0.5));
    return { ...UNIMPAIRED, delayMillis, rateBitsPerSecond, lossRatio, queue: packets(amount) };
  };
  const made = { forward: direction(delays[0] as number), backward: direction(delays[1] as number), seed: null };
  if (index % 2 === 0) return { made, declared: made, fault: null };
  const side = random() < 0.5 ? "forward" : "backward";
  const possible = FAULTS.filter((fault) => fault !== "loss" || made[side].lossRatio > 0);
  const quantity = possible[Math.floor(random() * possible.length)] as Fault;
  const declared = { ...made, [side]: misdeclared(made[side], quantity, random() < 0.5) };
  return { made, declared, fault: { side, quantity } };
}

/**
 * The declared fault: 3 % of rate, 2 ms or 2 % of delay, a factor of 1.6 of loss, 15 % of queue.
 */
function misdeclared(direction: Direction, quantity: Fault, isHigher: boolean): Direction {
  const { delayMillis, rateBitsPerSecond, lossRatio, queue } = direction;
  const by = (value: number, factor: number) => (isHigher ? value * factor : value / factor);
  switch (quantity) {
    case "rate":
      return { ...direction, rateBitsPerSecond: Math.round(by(rateBitsPerSecond ?? 0, 1.03)) };
    case "delay": {
      const off = Math.max(2, 0.02 * delayMillis);
      return { ...direction, delayMillis: isHigher || delayMillis < off ? delayMillis + off : delayMillis - off };
    }
    case "loss":
      return { ...direction, lossRatio: isHigher && lossRatio <= 0.55 ? lossRatio * 1.6 : lossRatio / 1.6 };
    case "queue": {
      const held = queuePackets(queue, { rateBitsPerSecond, rttMillis: 0 });
      const more = Math.ceil(held * 1.15);
      const less = Math.floor(held / 1.15);
      const amount = isHigher || less < 1 ? Math.max(more, held + 1) : Math.min(less, held - 1);
      return { ...direction, queue: packets(Math.max(1, amount)) };
    }
  }
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function packets(amount: number): Direction["queue"] {
  return { kind: "drop-tail", amount, unit: "packets" };
}
