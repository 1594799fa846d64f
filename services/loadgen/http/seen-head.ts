// The latest head of a response and its meaning. A server repeats itself: the next head is mostly
// the same octets, and to compare them costs less than to read them.

/** Longer heads are not kept. */
const MOST_BYTES = 2048;

export class SeenHead {
  length = 0;
  status = 0;
  /** The reader's state after it. */
  state = 0;
  /** Octets of the body that follow, if that state counts them. */
  remaining = 0;
  persists = false;
  readonly #octets = new Uint8Array(MOST_BYTES);

  /** Whether it is there again. */
  isAt(bytes: Uint8Array, at: number, end: number): boolean {
    const { length } = this;
    if (length === 0 || end - at < length) return false;
    const octets = this.#octets;
    for (let index = 0; index < length; index++) if (octets[index] !== bytes[at + index]) return false;
    return true;
  }

  keep(bytes: Uint8Array, at: number, end: number): boolean {
    this.length = 0;
    if (end - at > MOST_BYTES) return false;
    this.#octets.set(bytes.subarray(at, end));
    this.length = end - at;
    return true;
  }
}
