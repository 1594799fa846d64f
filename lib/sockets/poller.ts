// Ready descriptors, by epoll(7). Node's event loop watches the epoll descriptor itself, which is
// readable when anything in it is ready. So files, timers, signals and names work as usual, nothing
// spins, and an idle server sleeps.

import * as libc from "./libc.ts";

export const READABLE = 0x1;
export const WRITABLE = 0x4;
/** An error is pending, or both halves are closed. Always reported. */
export const BROKEN = 0x8 | 0x10;
/** The other side has closed its half. The end follows whatever can be read. */
export const ENDED = 0x2000;
/** One report, until `change` asks for another. */
export const ONCE = 1 << 30;
/**
 * Each change is reported once (EPOLLET) and not while it holds, so the kernel looks at each socket
 * once.
 */
export const CHANGES = 1 << 31;

const ADD = 1;
const MODIFY = 3;
const EVENTS_AT_ONCE = 512;
/**
 * After this many events without a pause, Node's own loop has its turn: about 2 ms if each is a
 * request.
 */
const SERVED_BEFORE_TURN = 256;
/**
 * struct epoll_event is packed on x86-64: 4 bytes of events, 8 of data. Elsewhere the data is
 * aligned.
 */
const WORDS_PER_EVENT = process.arch === "x64" ? 3 : 4;
const DATA_WORD = WORDS_PER_EVENT - 2;

export interface Pollable {
  /**
   * Some of READABLE, WRITABLE, ENDED, BROKEN hold, or held before another event of the same batch
   * was processed.
   */
  ready(events: number): void;
}

export interface Deferred {
  flush(): void;
}

/** Something to do at a time of performance.now(). */
export interface Due {
  atMillis: number;
  ring(): void;
}

export class Poller {
  #epoll = libc.checked("epoll_create1", libc.epoll_create1(libc.CLOEXEC));
  #event = words(1);
  #events = words(EVENTS_AT_ONCE);
  /** By descriptor. */
  #watched: (Pollable | undefined)[] = [];
  #scheduled = false;
  #deferred: Deferred[] = [];
  #inBatch = false;
  #due: Due | null = null;
  /** How long it has looked in vain for events while something was due soon. */
  spunMillis = 0;
  #stop = libc.watchReadable(this.#epoll, () => this.#schedule());

  watch(descriptor: number, events: number, pollable: Pollable): void {
    this.#watched[descriptor] = pollable;
    this.#control(ADD, descriptor, events);
  }

  /** Makes the kernel report what holds, changed or not. */
  change(descriptor: number, events: number): void {
    this.#control(MODIFY, descriptor, events);
  }

  /** Call it before closing the descriptor, upon which the kernel forgets it. */
  forget(descriptor: number): void {
    this.#watched[descriptor] = undefined;
  }

  close(): void {
    this.#stop();
    libc.close(this.#epoll);
    this.#epoll = -1;
  }

  /** Calls `flush` after the batch of ready descriptors, or at once if there is none. */
  defer(deferred: Deferred): void {
    if (this.#inBatch) this.#deferred.push(deferred);
    else deferred.flush();
  }

  /**
   * Rings at a time that is nearer than a sleep is long: until then it looks for events without
   * sleeping. It has one at a time, and returns whether it has this one.
   */
  awaits(due: Due): boolean {
    this.#due ??= due;
    if (this.#due !== due) return false;
    if (!this.#inBatch) this.#schedule();
    return true;
  }

  /** Does not ring. */
  dismiss(due: Due): void {
    if (this.#due === due) this.#due = null;
  }

  #control(operation: number, descriptor: number, events: number): void {
    const { view, pointer } = this.#event;
    view[0] = events;
    view[DATA_WORD] = descriptor;
    libc.checked("epoll_ctl", libc.epoll_ctl(this.#epoll, operation, descriptor, pointer));
  }

  /**
   * Runs as an immediate, where errors, promises and asynchronous contexts work as in any callback.
   */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#turn);
  }

  #turn = (): void => {
    this.#scheduled = false;
    let vainSinceMillis = Number.NaN;
    for (let served = 0; served < SERVED_BEFORE_TURN && this.#epoll !== -1; ) {
      const count = libc.epoll_wait(this.#epoll, this.#events.pointer, EVENTS_AT_ONCE, 0);
      if (count <= 0 && this.#due === null) return;
      const nowMillis = this.#due === null ? Number.NaN : performance.now();
      const isDue = this.#due !== null && nowMillis >= this.#due.atMillis;
      if (count <= 0 && !isDue) {
        if (Number.isNaN(vainSinceMillis)) vainSinceMillis = nowMillis;
        continue;
      }
      if (!Number.isNaN(vainSinceMillis)) this.spunMillis += nowMillis - vainSinceMillis;
      vainSinceMillis = Number.NaN;
      this.#inBatch = true;
      if (count > 0) this.#serve(count);
      if (isDue) this.#ring();
      served += Math.max(1, count);
      this.#inBatch = false;
      for (const deferred of this.#deferred) deferred.flush();
      this.#deferred.length = 0;
    }
    if (this.#due !== null && this.#epoll !== -1) this.#schedule();
  };

  #ring(): void {
    const due = this.#due;
    this.#due = null;
    due?.ring();
  }

  #serve(count: number): void {
    const { view } = this.#events;
    for (let index = 0; index < count; index++) {
      const at = index * WORDS_PER_EVENT;
      this.#watched[view[at + DATA_WORD] as number]?.ready(view[at] as number);
    }
  }
}

function words(events: number): { view: Int32Array; pointer: bigint } {
  const { bytes, pointer } = libc.allocate(events * WORDS_PER_EVENT * Int32Array.BYTES_PER_ELEMENT);
  return { view: new Int32Array(bytes.buffer), pointer };
}
