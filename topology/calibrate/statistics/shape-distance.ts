// How far a sample is from a distribution: Kolmogorov and Smirnov's greatest distance between the
// share of the sample and that of the distribution below a value ("Sulla determinazione empirica
// di una legge di distribuzione", Giorn. Ist. Ital. Attuari 4, 1933). Values are known only to some
// way, and so is the place of the whole sample, so neither makes it far.

import type { Shape } from "../../../lib/link/jitter-shapes.ts";

/**
 * The distance, 0 to 1, at the place that fits best. `sample` in rising order, in the shape's unit,
 * and not empty; `allowance`: how far each value may be off; `place`: how far all may be together.
 */
export function shapeDistance(sample: readonly number[], shape: Shape, allowance: number, place: number): number {
  const moves = Array.from({ length: 2 * PLACES + 1 }, (_, at) => (at / PLACES - 1) * place);
  return Math.min(...moves.map((move) => distanceAt(sample, shape, allowance, move)));
}

/**
 * The distance that `count` values of a shape exceed with a probability of at most `alpha`
 * (Massart, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality", Ann. Probab. 18,
 * 1990).
 */
export function distanceByChance(count: number, alpha: number): number {
  return Math.sqrt(Math.log(2 / alpha) / (2 * count));
}

/** Tried on either side. */
const PLACES = 8;

/** The distance can only be greatest where the sample's share rises, just before or just after. */
function distanceAt(sample: readonly number[], shape: Shape, allowance: number, move: number): number {
  let [upTo, below, furthest] = [0, 0, 0];
  for (const [at, value] of sample.entries()) {
    while (upTo < shape.length && (shape[upTo] as number) <= value - move + allowance) upTo += 1;
    while (below < shape.length && (shape[below] as number) < value - move - allowance) below += 1;
    const more = (at + 1) / sample.length - upTo / shape.length;
    const fewer = below / shape.length - at / sample.length;
    furthest = Math.max(furthest, more, fewer);
  }
  return furthest;
}
