// An open load: requests arrive when the schedule says so, whether earlier ones are served or not.
// They go over a bounded number of connections. A request that finds all of them busy waits, and
// its wait is in its latency; where too many wait already, it is dropped, and counted.

import { shareOf } from "./closed-load.ts";
import type { Carrier, Exchange, ExchangeOwner, Failure } from "./exchange.ts";
import { Queue } from "./queue.ts";
import { type Arrival, arrivalsOf } from "./schedule.ts";
import type { Traffic } from "./traffic.ts";

/** Runs the load until its last request has ended. */
export async function runOpenLoad(traffic: Traffic): Promise<void> {
  await new OpenLoad(traffic).ended;
}

class OpenLoad implements ExchangeOwner {
  readonly ended: Promise<void>;
  readonly #end: () => void;
  readonly #traffic: Traffic;
  readonly #nextArrival: () => Arrival | null;
  /** Connections that wait for a request; the last used is used first. */
  readonly #idle: Carrier[] = [];
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
    traffic.onGone = () => this.#serveWaiting();
    traffic.onOver = () => {
      this.#arrival = null;
      this.#settle();
    };
    this.#arrival = this.#nextArrival();
    this.#await();
  }

  answered(exchange: Exchange, connection: Carrier, atMillis: number): void {
    this.#underWay -= 1;
    this.#traffic.judge(exchange, atMillis);
    this.#traffic.release(connection);
    if (this.#traffic.hasRoom(connection)) {
      const next = this.#nextWaiting();
      if (next !== undefined) this.#traffic.start(next, connection);
      else if (connection.waiting === 0) this.#idle.push(connection);
    } else this.#serveWaiting();
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
    const isFull = this.#waiting.length >= this.#backlog && this.#freeConnection() === undefined;
    if (isFull && this.#traffic.connections.size >= this.#mostConnections) {
      this.#traffic.recorder.dropped(intendedMillis, nowMillis);
      return;
    }
    const asked = this.#traffic.asking.at(0, index);
    this.#dispatch(this.#traffic.exchange(asked, this, intendedMillis, nowMillis));
  }

  #dispatch(exchange: Exchange): void {
    this.#underWay += 1;
    const free = this.#freeConnection();
    if (free !== undefined) {
      if (free.waiting === 0) this.#idle.pop();
      this.#traffic.start(exchange, free);
    } else if (this.#traffic.connections.size < this.#mostConnections) this.#traffic.start(exchange, null);
    else this.#waiting.push(exchange);
  }

  /** An idle one; where none may be opened any more, one with room in its pipeline. */
  #freeConnection(): Carrier | undefined {
    for (let last = this.#idle.at(-1); last !== undefined; last = this.#idle.at(-1)) {
      if (this.#traffic.hasRoom(last)) return last;
      this.#idle.pop();
    }
    const { connections, settings } = this.#traffic;
    if (settings.pipeline === 1 || connections.size < this.#mostConnections) return undefined;
    let best: Carrier | undefined;
    for (const connection of connections) {
      if (this.#traffic.hasRoom(connection) && connection.waiting < (best?.waiting ?? Number.POSITIVE_INFINITY))
        best = connection;
    }
    return best;
  }

  /** The next that has not waited too long. */
  #nextWaiting(): Exchange | undefined {
    const nowMillis = this.#traffic.now();
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.deadlineMillis > nowMillis && !this.#traffic.isOver) return next;
      this.#giveUp(next, nowMillis);
    }
    return undefined;
  }

  #giveUp(exchange: Exchange, nowMillis: number): void {
    const failure = { kind: "timeout", message: "no connection was free in time", isUntouched: false } as const;
    this.#underWay -= 1;
    this.#traffic.mayRetry(exchange, failure, nowMillis);
  }

  /** A connection has ended: another may be opened for one that waits. */
  #serveWaiting(): void {
    while (this.#waiting.length > 0 && this.#traffic.connections.size < this.#mostConnections) {
      const next = this.#nextWaiting();
      if (next !== undefined) this.#traffic.start(next, null);
    }
    this.#settle();
  }

  #settle(): void {
    if (this.#traffic.isOver && this.#waiting.length > 0) this.#nextWaiting();
    if (this.#underWay > 0 || this.#arrival !== null) return;
    for (const connection of this.#traffic.connections) if (connection.waiting === 0) this.#traffic.leave(connection);
    this.#end();
  }
}
