// The time limits of all connections, and of what waits for one, on one alarm. The requests of a
// load have one time-out, so a new limit is hardly ever the next to come: the alarm is set about
// once a time-out, and when it rings all are looked at.

import type { Alarm, Dialler } from "../../lib/sockets/dial.ts";

/** At least this long from one look at all to the next. */
const PAUSE_MILLIS = 1;

export interface Limited {
  /** Infinity: there is no limit. */
  readonly limitMillis: number;
  /** The limit has come. It is another afterwards. */
  expire(nowMillis: number): void;
}

export class Deadlines {
  readonly #connections: Iterable<Limited>;
  readonly #others: Limited[] = [];
  readonly #dialler: Dialler;
  readonly #alarm: Alarm;
  #setForMillis = Number.POSITIVE_INFINITY;

  constructor(dialler: Dialler, connections: Iterable<Limited>) {
    this.#dialler = dialler;
    this.#connections = connections;
    this.#alarm = dialler.alarm(() => this.#ring());
  }

  /** Looks at this one too. */
  watch(other: Limited): void {
    this.#others.push(other);
  }

  /** One of them has this limit now. */
  note(limitMillis: number): void {
    if (limitMillis >= this.#setForMillis) return;
    this.#setForMillis = limitMillis;
    this.#alarm.set(limitMillis);
  }

  #ring(): void {
    // Before the look: an end may give a new limit to one that was looked at already.
    this.#setForMillis = Number.POSITIVE_INFINITY;
    const nowMillis = this.#dialler.now();
    const nextMillis = Math.min(nextOf(this.#connections, nowMillis), nextOf(this.#others, nowMillis));
    this.note(Math.max(nextMillis, nowMillis + PAUSE_MILLIS));
  }
}

/** The next limit, after those that have come. */
function nextOf(all: Iterable<Limited>, nowMillis: number): number {
  let nextMillis = Number.POSITIVE_INFINITY;
  for (const one of all) {
    if (one.limitMillis <= nowMillis) one.expire(nowMillis);
    nextMillis = Math.min(nextMillis, one.limitMillis);
  }
  return nextMillis;
}
