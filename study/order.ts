// Randomised complete blocks (Box, Hunter, Hunter, "Statistics for Experimenters", chapter 4): each
// repetition measures every cell once, in an order drawn anew from the seed, so that any drift of
// the machine meets all cells alike. The order of a block depends only on the seed and the block's
// number, so a resumed study continues in the same one.

import { randomSequence } from "../lib/random.ts";

/** The cells of one block in the order in which they are measured. Blocks are counted from 0. */
export function blockOrder<Item>(cells: readonly Item[], seed: number, block: number): Item[] {
  const next = randomSequence(mix(seed, block));
  const order = [...cells];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(next() * (last + 1));
    [order[last], order[chosen]] = [order[chosen] as Item, order[last] as Item];
  }
  return order;
}

/**
 * A seed for each run, so that no two runs meet the same losses: netem starts alike from similar
 * seeds.
 */
export function runSeed(seed: number, block: number, cellId: string): number {
  let hash = mix(seed, block);
  for (const octet of Buffer.from(cellId)) hash = Math.imul(hash ^ octet, 0x01000193);
  return (mix(hash, 0x5eed) % (2 ** 32 - 2)) + 1;
}

/** MurmurHash3's finaliser over both numbers. */
function mix(first: number, second: number): number {
  let hash = Math.imul(first ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(second + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
