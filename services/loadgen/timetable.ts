// Things to do at given times, on one alarm that is finer than Node's timers: a binary heap.

import type { Alarm, Dialler } from "../../lib/sockets/dial.ts";

interface Entry {
  atMillis: number;
  act: (nowMillis: number) => void;
}

export class Timetable {
  readonly #heap: Entry[] = [];
  readonly #dialler: Dialler;
  readonly #alarm: Alarm;
  #setForMillis = Number.POSITIVE_INFINITY;

  constructor(dialler: Dialler) {
    this.#dialler = dialler;
    this.#alarm = dialler.alarm(() => this.#ring());
  }

  at(atMillis: number, act: (nowMillis: number) => void): void {
    this.#rise({ atMillis, act });
    this.#set();
  }

  /** Forgets everything. */
  clear(): void {
    this.#heap.length = 0;
    this.#setForMillis = Number.POSITIVE_INFINITY;
    this.#alarm.clear();
  }

  #ring(): void {
    this.#setForMillis = Number.POSITIVE_INFINITY;
    let nowMillis = this.#dialler.now();
    for (let first = this.#heap[0]; first !== undefined && first.atMillis <= nowMillis; first = this.#heap[0]) {
      this.#sink();
      first.act(nowMillis);
      nowMillis = this.#dialler.now();
    }
    this.#set();
  }

  #set(): void {
    const first = this.#heap[0];
    if (first === undefined || first.atMillis >= this.#setForMillis) return;
    this.#setForMillis = first.atMillis;
    this.#alarm.set(first.atMillis);
  }

  #rise(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as Entry).atMillis <= entry.atMillis) break;
      heap[at] = heap[parent] as Entry;
      at = parent;
    }
    heap[at] = entry;
  }

  /** Takes the first away. */
  #sink(): void {
    const heap = this.#heap;
    const entry = heap.pop() as Entry;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (let child = 1; child < length; child = 2 * at + 1) {
      if (child + 1 < length && (heap[child + 1] as Entry).atMillis < (heap[child] as Entry).atMillis) child += 1;
      if ((heap[child] as Entry).atMillis >= entry.atMillis) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = entry;
  }
}
