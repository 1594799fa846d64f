// The schedule of wrk2 (Gil Tene), implemented anew, as a program: `PORT PATH CONNECTIONS RATE
// SECONDS`. Each connection has its part of the rate and one request at a time, due at equal gaps;
// one that is behind catches up at twice its rate. A request's latency runs from when it was due.

import { addLatency, emptyLatency, latencyOf, microsOf, summarise } from "../../lib/contract/load/latency.ts";
import type { LatencySummary } from "../../lib/contract/load/load.ts";
import { EXIT } from "../../lib/errors.ts";
import { print, runProgram } from "../../lib/program.ts";
import type { Alarm, Dialled, Dialler, DialUser, Message } from "../../lib/sockets/dial.ts";
import { openDialler } from "../../lib/sockets/kinds.ts";
import { ResponseReader } from "../../services/loadgen/http/response.ts";

export interface Wrk2Result {
  requests: number;
  perSecond: number;
  /** From when the requests were due. */
  total: LatencySummary;
}

const CATCH_UP = 2;

interface Plan {
  port: number;
  request: Message;
  gapMillis: number;
  endMillis: number;
  total: ReturnType<typeof emptyLatency>;
}

async function main([port, path, connections, rate, seconds]: string[]): Promise<number> {
  const dialler = await openDialler();
  const count = Number(connections);
  const beginMillis = dialler.now();
  const plan: Plan = {
    port: Number(port),
    request: dialler.message(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)),
    gapMillis: (1000 * count) / Number(rate),
    endMillis: beginMillis + 1000 * Number(seconds),
    total: emptyLatency(),
  };
  // The connections take turns, so that the requests of all together are due at equal gaps too.
  const dueMillis = (number: number) => beginMillis + (plan.gapMillis * number) / count;
  const all = Array.from({ length: count }, (_, number) => new Paced(dialler, plan, dueMillis(number)));
  await Promise.all(all.map(({ finished }) => finished));
  dialler.close();
  const requests = all.reduce((sum, one) => sum + one.requests, 0);
  const total = summarise(latencyOf(plan.total), true);
  await print(JSON.stringify({ requests, perSecond: requests / Number(seconds), total }));
  return EXIT.done;
}

/** A connection. */
class Paced implements DialUser {
  requests = 0;
  readonly #done = Promise.withResolvers<void>();
  /** Fulfilled after its last request. */
  readonly finished = this.#done.promise;
  readonly #plan: Plan;
  readonly #dialler: Dialler;
  readonly #socket: Dialled;
  readonly #alarm: Alarm;
  readonly #reader = new ResponseReader();
  #dueMillis: number;
  #sentMillis = Number.NEGATIVE_INFINITY;

  constructor(dialler: Dialler, plan: Plan, firstMillis: number) {
    this.#plan = plan;
    this.#dialler = dialler;
    this.#dueMillis = firstMillis;
    this.#alarm = dialler.alarm(() => this.#send());
    this.#socket = dialler.connect({ address: "127.0.0.1", port: plan.port, localAddress: null }, this);
  }

  connected(): void {
    this.#next();
  }

  received(octets: Buffer, length: number): void {
    this.#reader.feed(octets, 0, length);
    if (!this.#reader.complete) return;
    addLatency(this.#plan.total, microsOf(this.#dialler.now() - this.#dueMillis));
    this.requests += 1;
    this.#dueMillis += this.#plan.gapMillis;
    this.#next();
  }

  ended(): void {
    this.broken("the server closed");
  }

  broken(code: string): void {
    this.#socket.destroy();
    this.#done.reject(new Error(`loading by wrk2's schedule: ${code}`));
  }

  #next(): void {
    const { gapMillis, endMillis } = this.#plan;
    const nowMillis = this.#dialler.now();
    const atMillis = Math.max(this.#dueMillis, this.#sentMillis + gapMillis / CATCH_UP);
    if (Math.max(atMillis, nowMillis) >= endMillis) {
      this.#socket.destroy();
      this.#done.resolve();
    } else if (atMillis > nowMillis) this.#alarm.set(atMillis);
    else this.#send();
  }

  #send(): void {
    this.#sentMillis = this.#dialler.now();
    this.#reader.begin();
    this.#socket.send(this.#plan.request);
  }
}

await runProgram(() => main(process.argv.slice(2)));
