// A bounded queue in shared memory, between one thread that puts and several that take and sleep
// while it is empty (Atomics.wait). Each place holds a number, the time at which it was put, and
// how long its connection had been idle, NaN if it had not.

const PUT = 0;
const TAKEN = 1;
const CLOSED = 2;
/** Counts what may have woken a sleeper. */
const BELL = 3;
const HEAD_BYTES = 16;

interface Job {
  job: number;
  putMillis: number;
  idleMillis: number;
}

export class JobQueue {
  #capacity: number;
  /** The places are a power of two, so that counts may overflow. */
  #mask: number;
  #words: Int32Array;
  #jobs: Int32Array;
  #times: Float64Array;
  #idleMillis: Float64Array;

  static bytes(capacity: number): number {
    return HEAD_BYTES + places(capacity) * (8 + 8 + 8);
  }

  constructor(memory: SharedArrayBuffer, capacity: number) {
    this.#capacity = capacity;
    this.#mask = places(capacity) - 1;
    this.#words = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.#times = new Float64Array(memory, HEAD_BYTES, places(capacity));
    this.#idleMillis = new Float64Array(memory, HEAD_BYTES + places(capacity) * 8, places(capacity));
    this.#jobs = new Int32Array(memory, HEAD_BYTES + places(capacity) * (8 + 8), places(capacity));
  }

  /** Jobs that wait. */
  get length(): number {
    return (Atomics.load(this.#words, PUT) - Atomics.load(this.#words, TAKEN)) | 0;
  }

  /** Puts a job at the end; false if the queue is full. Only one thread puts. */
  put(job: number, nowMillis: number, idleMillis = Number.NaN): boolean {
    if (this.length >= this.#capacity) return false;
    const at = Atomics.load(this.#words, PUT);
    Atomics.store(this.#jobs, at & this.#mask, job);
    this.#times[at & this.#mask] = nowMillis;
    this.#idleMillis[at & this.#mask] = idleMillis;
    Atomics.store(this.#words, PUT, (at + 1) | 0);
    this.#ring(1);
    return true;
  }

  /** Takes the first job; undefined if there is none within the time. Null once it is closed. */
  take(waitMillis: number): Job | undefined | null {
    const deadline = performance.now() + waitMillis;
    for (;;) {
      const bell = Atomics.load(this.#words, BELL);
      const at = Atomics.load(this.#words, TAKEN);
      if (at !== Atomics.load(this.#words, PUT)) {
        const job = Atomics.load(this.#jobs, at & this.#mask);
        const putMillis = this.#times[at & this.#mask] as number;
        const idleMillis = this.#idleMillis[at & this.#mask] as number;
        // The worker that advances the count has the job.
        if (Atomics.compareExchange(this.#words, TAKEN, at, (at + 1) | 0) === at) return { job, putMillis, idleMillis };
        continue;
      }
      if (Atomics.load(this.#words, CLOSED) === 1) return null;
      const rest = deadline - performance.now();
      if (rest <= 0 || Atomics.wait(this.#words, BELL, bell, rest) === "timed-out") return undefined;
    }
  }

  /** Those who wait, and come later, find what is left and then the end. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1);
    this.#ring(Number.POSITIVE_INFINITY);
  }

  #ring(sleepers: number): void {
    Atomics.add(this.#words, BELL, 1);
    Atomics.notify(this.#words, BELL, sleepers);
  }
}

function places(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity));
}
