// An open load: requests arrive when the schedule says so, whether earlier ones are served or not.
// They go over a bounded number of connections. A request that finds all of them busy waits, and
// its wait is in its latency; where too many wait already, it is dropped, and counted.

import { shareOf } from "./closed-load.ts";
import type { Limited } from "./deadlines.ts";
import type { Carrier, Exchange, ExchangeOwner, Failure } from "./exchange.ts";
import { Queue } from "./queue.ts";
import { type Arrival, arrivalsOf } from "./schedule.ts";
import type { Traffic } from "./traffic.ts";

/** Runs the load until its last request has ended. */
export async function runOpenLoad(traffic: Traffic): Promise<void> {
  await new OpenLoad(traffic).ended;
}

class OpenLoad implements ExchangeOwner, Limited {
  readonly ended: Promise<void>;
  readonly #end: () => void;
  readonly #traffic: Traffic;
  readonly #nextArrival: () => Arrival | null;
  /** Connections that wait for a request; the last used is used first. */
  readonly #idle: Carrier[] = [];
  /** Requests that have no connection. While there are some, there is none to be had. */
  readonly #waiting = new Queue<Exchange>();
  readonly #mostConnections: number;
  readonly #backlog: number;
  #arrival: Arrival | null = null;
  #underWay = 0;
  /** Requests that may still arrive in the window. */
  #left: number;

  constructor(traffic: Traffic) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.#traffic = traffic;
    const { settings } = traffic;
    this.#nextArrival = arrivalsOf(settings);
    this.#mostConnections = Math.max(1, shareOf(settings.connections ?? 1, settings.share));
    this.#backlog = shareOf(settings.backlog, settings.share);
    this.#left = settings.requests === null ? Number.POSITIVE_INFINITY : shareOf(settings.requests, settings.share);
    traffic.watch(this);
    traffic.onGone = () => {
      this.#serveInTime(traffic.now());
      this.#settle();
    };
    traffic.onOver = () => {
      this.#arrival = null;
      this.#settle();
    };
    this.#arrival = this.#nextArrival();
    this.#await();
  }

  /** The deadline of the first that waits. */
  get limitMillis(): number {
    return this.#waiting.first?.deadlineMillis ?? Number.POSITIVE_INFINITY;
  }

  expire(nowMillis: number): void {
    this.#giveUp(nowMillis, nowMillis);
    this.#settle();
  }

  answered(exchange: Exchange, connection: Carrier, atMillis: number): void {
    this.#underWay -= 1;
    this.#traffic.judge(exchange, atMillis);
    this.#traffic.release(connection);
    if (connection.waiting === 0 && this.#traffic.hasRoom(connection)) this.#idle.push(connection);
    this.#serveInTime(atMillis);
    this.#settle();
  }

  failed(exchange: Exchange, failure: Failure, atMillis: number): void {
    this.#underWay -= 1;
    if (this.#traffic.mayRetry(exchange, failure, atMillis)) this.#dispatch(exchange);
    this.#settle();
  }

  #await(): void {
    const { timetable, window } = this.#traffic;
    const atMillis = window.beginMillis + (this.#arrival?.atMillis ?? Number.POSITIVE_INFINITY);
    if (atMillis < window.ceaseMillis) timetable.at(atMillis, (nowMillis) => this.#arrive(nowMillis));
    else {
      this.#arrival = null;
      this.#settle();
    }
  }

  /** All that should have arrived by now. */
  #arrive(nowMillis: number): void {
    const { window, recorder } = this.#traffic;
    while (this.#arrival !== null && !this.#traffic.isOver) {
      const { index, atMillis } = this.#arrival;
      const intendedMillis = window.beginMillis + atMillis;
      if (intendedMillis > nowMillis) break;
      if (intendedMillis >= window.ceaseMillis || this.#left <= 0) {
        this.#arrival = null;
        break;
      }
      this.#left -= intendedMillis >= window.startMillis ? 1 : 0;
      recorder.offered(intendedMillis, nowMillis);
      this.#take(index, intendedMillis, this.#traffic.now());
      this.#arrival = this.#nextArrival();
    }
    this.#await();
  }

  #take(index: number, intendedMillis: number, nowMillis: number): void {
    if (this.#waiting.length >= this.#backlog && this.#place() === undefined) {
      this.#traffic.recorder.dropped(intendedMillis, nowMillis);
      return;
    }
    const asked = this.#traffic.asking.at(0, index);
    this.#dispatch(this.#traffic.exchange(asked, this, intendedMillis, nowMillis));
  }

  #dispatch(exchange: Exchange): void {
    this.#underWay += 1;
    this.#waiting.add(exchange);
    this.#serve();
    if (this.#waiting.length > 0) this.#traffic.limited(this.limitMillis);
  }

  /** Starts those that wait, in their order, as long as there is a place for the next. */
  #serve(): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const place = this.#place();
      if (place === undefined) return;
      if (place?.waiting === 0) this.#idle.pop();
      this.#waiting.shift();
      this.#traffic.start(next, place);
    }
  }

  /** Likewise, but for those that have waited too long. */
  #serveInTime(nowMillis: number): void {
    this.#giveUp(nowMillis, nowMillis);
    this.#serve();
  }

  /**
   * Where the next request goes: to an idle connection, or a new one (null), or, where none may be
   * opened any more, to one with room in its pipeline; undefined: nowhere.
   */
  #place(): Carrier | null | undefined {
    for (let last = this.#idle.at(-1); last !== undefined; last = this.#idle.at(-1)) {
      if (this.#traffic.hasRoom(last)) return last;
      this.#idle.pop();
    }
    const { connections, settings } = this.#traffic;
    if (connections.size < this.#mostConnections) return null;
    const sent = this.#underWay - this.#waiting.length;
    if (settings.pipeline === 1 || sent >= connections.size * settings.pipeline) return undefined;
    let best: Carrier | undefined;
    for (const connection of connections) {
      if (this.#traffic.hasRoom(connection) && connection.waiting < (best?.waiting ?? Number.POSITIVE_INFINITY))
        best = connection;
    }
    return best;
  }

  /** Those that wait and whose time is over by `untilMillis`. */
  #giveUp(untilMillis: number, nowMillis: number): void {
    while (this.limitMillis <= untilMillis) {
      const exchange = this.#waiting.shift() as Exchange;
      const failure = { kind: "timeout", message: "no connection was free in time", isUntouched: false } as const;
      this.#underWay -= 1;
      this.#traffic.mayRetry(exchange, failure, nowMillis);
    }
  }

  #settle(): void {
    if (this.#traffic.isOver) this.#giveUp(Number.MAX_VALUE, this.#traffic.now());
    if (this.#underWay > 0 || this.#arrival !== null) return;
    for (const connection of this.#traffic.connections) if (connection.waiting === 0) this.#traffic.leave(connection);
    this.#end();
  }
}
