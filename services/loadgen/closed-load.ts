// A closed load: each of N users makes a request or loads a page, waits for its end, thinks, and
// makes the next; with a pipeline, several at a time. The load follows the server: a slow server
// gets fewer requests, so latencies are those of these users and not of an open stream of arrivals.

import { randomAt } from "../../lib/random.ts";
import type { Carrier, Exchange, ExchangeOwner, Failure } from "./exchange.ts";
import { loadPage } from "./page.ts";
import { type Course, courseOf, nextAbove } from "./schedule.ts";
import type { Traffic } from "./traffic.ts";

/**
 * Pause between a failure and the user's next request, so that a server that refuses at once is not
 * stormed.
 */
const FAILURE_PAUSE_MILLIS = 100;
/** The first stream of the users' think times. */
const THINKING = 0x10000;

/** Runs the load until its last request has ended. */
export async function runClosedLoad(traffic: Traffic): Promise<void> {
  const { settings } = traffic;
  const { users, requests, share } = settings;
  const mine = Array.from({ length: users }, (_, number) => number).filter(
    (number) => number % share.of === share.index,
  );
  const requestsOf = (number: number) =>
    requests === null ? Number.POSITIVE_INFINITY : shareOf(requests, { index: number, of: users });
  const loop: Loop = {
    traffic,
    course: courseOf(settings),
    left: mine.reduce((sum, number) => sum + requestsOf(number), 0),
    exhausted: () => {},
  };
  const all = mine.map((number) => new User(loop, number));
  loop.exhausted = () => {
    for (const user of all) user.settle();
  };
  traffic.onOver = loop.exhausted;
  if (loop.left <= 0) loop.exhausted();
  await Promise.all(all.map(({ ended }) => ended));
}

/** How many of `amount` fall to a share. */
export function shareOf(amount: number, { index, of }: { index: number; of: number }): number {
  return Math.floor((amount + of - 1 - index) / of);
}

interface Loop {
  traffic: Traffic;
  course: Course;
  /** Requests, or pages, that may still begin in the window. */
  left: number;
  /** Called when none may begin any more, so that nobody thinks about one. */
  exhausted: () => void;
}

class User implements ExchangeOwner {
  readonly ended: Promise<void>;
  readonly #loop: Loop;
  readonly #number: number;
  readonly #end: () => void;
  #connection: Carrier | null = null;
  #underWay = 0;
  /** Thinking, or not there at this time of the course. */
  #waits = 0;
  #made = 0;
  /** Each draws its own, after answers that come together too. */
  #pauses = 0;

  constructor(loop: Loop, number: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
    this.#loop = loop;
    this.#number = number;
    const { settings, window } = loop.traffic;
    const { pipeline, page } = settings;
    const nowMillis = loop.traffic.now();
    const comesMillis = window.beginMillis + nextAbove(loop.course, number, 0) * 1000;
    for (let slot = 0; slot < (page === null ? pipeline : 1); slot++) this.#next(comesMillis, nowMillis);
  }

  answered(exchange: Exchange, connection: Carrier, atMillis: number): void {
    const { traffic } = this.#loop;
    this.#underWay -= 1;
    const isRight = traffic.judge(exchange, atMillis);
    traffic.release(connection);
    this.#think(atMillis, !isRight);
  }

  failed(exchange: Exchange, failure: Failure, atMillis: number): void {
    const { traffic } = this.#loop;
    if (traffic.mayRetry(exchange, failure, atMillis)) {
      this.#connection = traffic.start(exchange, this.#roomy());
      return;
    }
    this.#underWay -= 1;
    this.#think(atMillis, true);
  }

  #think(nowMillis: number, hasFailed: boolean): void {
    const { traffic } = this.#loop;
    const { thinkMillis, thinking, seed } = traffic.settings;
    this.#pauses += 1;
    const drawn =
      thinkMillis === 0 || thinking === "fixed" ? 1 : -Math.log(randomAt(seed, THINKING + this.#number, this.#pauses));
    const millis = thinkMillis * drawn;
    const pauseMillis = hasFailed ? Math.max(millis, FAILURE_PAUSE_MILLIS) : millis;
    if (pauseMillis === 0) this.#next(nowMillis, nowMillis);
    else this.#nextAt(nowMillis + pauseMillis);
  }

  /**
   * A user whose next request would come too late keeps its connection to the end, as in any pause:
   * closed early, it would leave its place at a server to those who wait, within the window.
   */
  #nextAt(atMillis: number): void {
    const { traffic } = this.#loop;
    if (this.#loop.left <= 0 || traffic.isOver) {
      this.settle();
      return;
    }
    this.#waits += 1;
    traffic.timetable.at(Math.min(atMillis, traffic.window.ceaseMillis), (nowMillis) => {
      this.#waits -= 1;
      this.#next(atMillis, nowMillis);
    });
  }

  /** `wishedMillis`: when the request is wished for, which the generator may see late. */
  #next(wishedMillis: number, nowMillis: number): void {
    const { traffic, course } = this.#loop;
    const { beginMillis, ceaseMillis } = traffic.window;
    const elapsedSeconds = (nowMillis - beginMillis) / 1000;
    const thereSeconds = nextAbove(course, this.#number, elapsedSeconds);
    const mayBegin = !traffic.isOver && nowMillis < ceaseMillis && this.#loop.left > 0;
    if (!mayBegin || thereSeconds === Number.POSITIVE_INFINITY) this.settle();
    else if (thereSeconds > elapsedSeconds) this.#nextAt(beginMillis + thereSeconds * 1000);
    else this.#begin(wishedMillis, nowMillis);
  }

  #begin(wishedMillis: number, nowMillis: number): void {
    const { traffic } = this.#loop;
    this.#loop.left -= wishedMillis >= traffic.window.startMillis ? 1 : 0;
    this.#underWay += 1;
    this.#made += 1;
    if (traffic.settings.page === null) this.#request(wishedMillis, nowMillis);
    else void this.#load(wishedMillis);
    if (this.#loop.left === 0) this.#loop.exhausted();
  }

  #request(wishedMillis: number, nowMillis: number): void {
    const { traffic } = this.#loop;
    traffic.recorder.offered(wishedMillis, nowMillis);
    const asked = traffic.asking.at(this.#number + 1, this.#made - 1);
    this.#connection = traffic.start(traffic.exchange(asked, this, wishedMillis, nowMillis), this.#roomy());
  }

  async #load(wishedMillis: number): Promise<void> {
    const failed = await loadPage(this.#loop.traffic, wishedMillis);
    this.#underWay -= 1;
    this.#think(this.#loop.traffic.now(), failed);
  }

  #roomy(): Carrier | null {
    const connection = this.#connection;
    if (connection === null) return null;
    return this.#loop.traffic.hasRoom(connection) ? connection : null;
  }

  /** Ends, if nothing is under way and nothing will be. */
  settle(): void {
    if (this.#underWay > 0) return;
    if (this.#waits > 0 && this.#loop.left > 0 && !this.#loop.traffic.isOver) return;
    if (this.#connection !== null) this.#loop.traffic.leave(this.#connection);
    this.#end();
  }
}
