// The time limits of all connections, on one alarm. The requests of a load have one time-out, so a
// new limit is hardly ever the next to come: the alarm is set about once a time-out, and when it
// rings all connections are looked at.

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
  readonly #limited: Iterable<Limited>;
  readonly #dialler: Dialler;
  readonly #alarm: Alarm;
  #setForMillis = Number.POSITIVE_INFINITY;

  constructor(dialler: Dialler, limited: Iterable<Limited>) {
    this.#dialler = dialler;
    this.#limited = limited;
    this.#alarm = dialler.alarm(() => this.#ring());
  }

  /** One of them has this limit now. */
  note(limitMillis: number): void {
    if (limitMillis >= this.#setForMillis) return;
    this.#setForMillis = limitMillis;
    this.#alarm.set(limitMillis);
  }

  #ring(): void {
    const nowMillis = this.#dialler.now();
    let nextMillis = Number.POSITIVE_INFINITY;
    for (const one of this.#limited) {
      if (one.limitMillis <= nowMillis) one.expire(nowMillis);
      nextMillis = Math.min(nextMillis, one.limitMillis);
    }
    this.#setForMillis = Number.POSITIVE_INFINITY;
    this.note(Math.max(nextMillis, nowMillis + PAUSE_MILLIS));
  }
}
