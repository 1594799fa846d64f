// A bounded ring of bytes in shared memory between two threads, one that only writes and one that
// only reads (Lamport, "Specifying concurrent program modules", 1983). It needs no lock, because
// each word has one writer. Why it is correct:
//
// Positions. HEAD counts the bytes ever written, TAIL those ever read, both modulo 2^32. The
//   capacity C is a power of two below 2^32 and thus divides it: HEAD - TAIL modulo 2^32 is exact,
//   and position & (C - 1) names the same slot before and after a wrap. Empty is HEAD = TAIL, full
//   is HEAD - TAIL = C. These differ, so no slot is kept free.
// One writer per word. Only the producer stores HEAD, only the consumer TAIL. Each may know an old
//   value of the other's word, but words only grow: the producer sees too little space, never too
//   much, and the consumer too few bytes, never too many. So the slots being written, [HEAD, TAIL +
//   C), and those being read, [TAIL, HEAD), never overlap.
// Order. The bytes are plain writes, but the producer stores HEAD after them. A consumer that loads
//   this HEAD synchronizes with the store (sequentially consistent Atomics, ECMA-262 29.10) and
//   sees the bytes. TAIL, stored after the reads, lets the producer overwrite them.
// Sleep. FILLED and FREED count events. A sleeper first takes the count, then looks, then waits for
//   the count to change. A waker first changes HEAD, TAIL, ENDED or BROKEN, then counts, then
//   notifies. A change that the look missed was counted after the count was taken, and Atomics.wait
//   compares and falls asleep in one critical section with notify: the sleeper sees the new count,
//   or it is woken. A wake-up is lost only if exactly 2^32 events fall between count and wait.

const HEAD = 0;
const TAIL = 1;
const FILLED = 2;
const FREED = 3;
const ENDED = 4;
const BROKEN = 5;
const WORDS = 8;

export interface Ring {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/**
 * Processes `bytes[start..end)`, a contiguous piece of a ring; returns how many bytes it used from
 * `start` on.
 */
type Piece = (bytes: Uint8Array, start: number, end: number) => number;

/** The shared memory that a ring of `capacity` bytes needs. */
export function ringSize(capacity: number): number {
  return WORDS * 4 + capacity;
}

/**
 * The ring at `offset` of shared memory, which is zero in a new one. Both threads make their ring
 * from the same memory. `capacity` is a power of two, at most 2^30.
 */
export function ringAt(memory: SharedArrayBuffer, offset: number, capacity: number): Ring {
  const bytes = new Uint8Array(memory, offset + WORDS * 4, capacity);
  return { words: new Int32Array(memory, offset, WORDS), bytes };
}

/**
 * Producer: lets `put` write into the free space, piece by piece, until it leaves part of a piece
 * unused. Returns the number of bytes written.
 */
export function fill({ words, bytes }: Ring, put: Piece): number {
  const head = words[HEAD] as number;
  const done = inPieces(bytes, head, bytes.length - ((head - Atomics.load(words, TAIL)) >>> 0), put);
  if (done === 0) return 0;
  Atomics.store(words, HEAD, (head + done) | 0);
  signal(words, FILLED);
  return done;
}

/**
 * Consumer: lets `take` read the available bytes, piece by piece, until it leaves part of a piece
 * unread. Returns the number of bytes read.
 */
export function drain({ words, bytes }: Ring, take: Piece): number {
  const tail = words[TAIL] as number;
  const done = inPieces(bytes, tail, (Atomics.load(words, HEAD) - tail) >>> 0, take);
  if (done === 0) return 0;
  Atomics.store(words, TAIL, (tail + done) | 0);
  signal(words, FREED);
  return done;
}

/** Producer: copies as much of `data[start..)` as fits; returns the number of bytes. */
export function write(ring: Ring, data: Uint8Array, start = 0): number {
  let at = start;
  return fill(ring, (bytes, from, to) => {
    const length = Math.min(to - from, data.length - at);
    bytes.set(data.subarray(at, at + length), from);
    at += length;
    return length;
  });
}

/** Consumer: copies up to `into.length` available bytes; returns their number. */
export function read(ring: Ring, into: Uint8Array): number {
  let at = 0;
  return drain(ring, (bytes, from, to) => {
    const length = Math.min(to - from, into.length - at);
    into.set(bytes.subarray(from, from + length), at);
    at += length;
    return length;
  });
}

export function readableBytes({ words }: Ring): number {
  return (Atomics.load(words, HEAD) - Atomics.load(words, TAIL)) >>> 0;
}

/** Producer: ends the stream. Wakes another task of its thread that waits for space. */
export function end({ words }: Ring): void {
  Atomics.store(words, ENDED, 1);
  signal(words, FILLED);
  signal(words, FREED);
}

export function isEnded({ words }: Ring): boolean {
  return Atomics.load(words, ENDED) === 1;
}

/**
 * Consumer: whether everything has been read and nothing more will be written. Looks at ENDED
 * first, because nothing is written after it.
 */
export function isAtEnd(ring: Ring): boolean {
  return isEnded(ring) && readableBytes(ring) === 0;
}

/**
 * Either thread: breaks the ring for good and wakes all who sleep. `code` gives the reason and is
 * not 0.
 */
export function breakRing({ words }: Ring, code: number): void {
  Atomics.compareExchange(words, BROKEN, 0, code);
  signal(words, FILLED);
  signal(words, FREED);
}

/** Why the ring was broken; 0: it was not. */
export function brokenCode({ words }: Ring): number {
  return Atomics.load(words, BROKEN);
}

/**
 * Where to sleep until the ring changes: a consumer until it is filled, a producer until it is
 * freed.
 */
export function filledEvents({ words }: Ring): EventCount {
  return { words, index: FILLED };
}

export function freedEvents({ words }: Ring): EventCount {
  return { words, index: FREED };
}

/** A counter of events in shared memory. */
export interface EventCount {
  words: Int32Array<SharedArrayBuffer>;
  index: number;
}

/** The current count. Read it before looking at what may change. */
export function countOf({ words, index }: EventCount): number {
  return Atomics.load(words, index);
}

/** Counts an event, after the change, and wakes all who sleep. */
export function count({ words, index }: EventCount): void {
  signal(words, index);
}

/** Blocks the thread until the count differs from `seen`, or for so long. */
export function sleep({ words, index }: EventCount, seen: number, millis = Number.POSITIVE_INFINITY): void {
  Atomics.wait(words, index, seen, millis);
}

/** The same without blocking. It does not keep the process alive. */
export async function sleepAsync({ words, index }: EventCount, seen: number): Promise<void> {
  const waiting = Atomics.waitAsync(words, index, seen);
  if (waiting.async) await waiting.value;
}

function inPieces(bytes: Uint8Array, position: number, length: number, piece: Piece): number {
  let done = 0;
  while (done < length) {
    const from = (position + done) & (bytes.length - 1);
    const to = Math.min(bytes.length, from + length - done);
    const dealt = piece(bytes, from, to);
    done += dealt;
    if (dealt < to - from) break;
  }
  return done;
}

function signal(words: Int32Array<SharedArrayBuffer>, index: number): void {
  Atomics.add(words, index, 1);
  Atomics.notify(words, index);
}
