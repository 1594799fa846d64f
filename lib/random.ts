// Seeded pseudo-random numbers: the same seed gives the same sequence on every machine. splitmix32:
// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with 32-bit
// state and the finaliser of MurmurHash3 (Appleby). Not for secrets.

/**
 * A function that returns the next number of the sequence of `seed`, at least 0 and less than 1.
 */
export function randomSequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
}
