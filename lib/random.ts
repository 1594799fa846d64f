// Seeded pseudo-random numbers: the same seed gives the same sequence on every machine. splitmix32:
// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with 32-bit
// state and the finaliser of MurmurHash3 (Appleby). Not for secrets.

/**
 * A function that returns the next number of the sequence of `seed`, at least 0 and less than 1.
 */
export function randomSequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + STEP) | 0;
    return mixed(state) / 2 ** 32;
  };
}

/**
 * The number at `index` of a stream of `seed`, without those before it: more than 0 and at most 1,
 * with 53 bits. Streams of one seed are independent of each other.
 */
export function randomAt(seed: number, stream: number, index: number): number {
  const key = mixed((mixed((seed + STEP) | 0) + Math.imul(stream + 1, STEP)) | 0);
  const first = mixed((key + Math.imul(index | 0, STEP)) ^ mixed((key ^ Math.floor(index / 2 ** 32)) | 0));
  const second = mixed((first + key + STEP) | 0);
  return ((first >>> 5) * 2 ** 26 + (second >>> 6) + 1) / 2 ** 53;
}

const STEP = 0x9e3779b9;

function mixed(state: number): number {
  let bits = state ^ (state >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  bits ^= bits >>> 16;
  return bits >>> 0;
}
