// How many bytes a request asks for. Pure: a function of (seed, stream, index of the request). The
// body is drawn by the method of Box and Muller ("A note on the generation of random normal
// deviates", 1958), the tail by inversion.

import type { Sizes } from "../../lib/contract/load/sizes.ts";
import { randomAt } from "../../lib/random.ts";

/** The first stream of the sizes; an open load has it, the users of a closed one those after it. */
const SIZES = 0x20000;
/** Random numbers that a size may take. */
const EACH = 3;

/** The size of the request at `index` of a stream. */
export function sizesOf(sizes: Sizes, seed: number): (stream: number, index: number) => number {
  if (sizes.law === "fixed") return () => sizes.bytes;
  const { mu, sigma, tail, mostBytes } = sizes;
  return (stream, index) => {
    const random = (number: number) => randomAt(seed, SIZES + stream, EACH * index + number);
    const normal = Math.sqrt(-2 * Math.log(random(0))) * Math.cos(2 * Math.PI * random(1));
    const body = Math.exp(mu + sigma * normal);
    const isTail = tail !== null && body > tail.fromBytes;
    const bytes = isTail ? tail.fromBytes * random(2) ** (-1 / tail.alpha) : body;
    return Math.min(Math.max(1, Math.round(bytes)), mostBytes);
  };
}
