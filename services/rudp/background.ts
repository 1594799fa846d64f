// The background transfer: a little every while, so that there is something to see, whenever nobody needs quiet. A run holds it and lets
// it go again; so does whoever measures the path (`quiet`), for as long as their request lasts.

import { type Problem, RttlabError } from "../../lib/errors.ts";

export interface BackgroundTransfer {
  /** `host:port` of a RUDP endpoint that serves transfers. */
  target: string;
  bytes: number;
  /** Pause between the end of one and the next. */
  pauseMillis: number;
}

/** Checks what a request asks for. E_BAD_RUN with every problem. */
export function checkBackground(given: Record<string, unknown>): BackgroundTransfer {
  const { target, bytes = 200_000, pauseMillis = 2000 } = given;
  const problems: Problem[] = [];
  const check = (path: string, value: unknown, isGood: boolean, allowed: string) => {
    if (!isGood) problems.push({ path, message: `${JSON.stringify(value) ?? "nothing"} is not allowed`, allowed });
  };
  const isWithin = (value: unknown, least: number, most: number) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  check("target", target, typeof target === "string" && /^[^:]+:\d+$/.test(target), "host:port");
  check("bytes", bytes, isWithin(bytes, 1, 1e9), "1 to 1e9 bytes");
  check("pauseMillis", pauseMillis, isWithin(pauseMillis, 100, 3_600_000), "100 to 3600000 ms");
  if (problems.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a background transfer: refused", { problems });
  return { target, bytes, pauseMillis } as BackgroundTransfer;
}

/** What is to run in the background, and who keeps it from running. `transfer` does one; it may fail, and is tried again after the pause. */
export class Background {
  readonly #transfer: (wanted: BackgroundTransfer, signal: AbortSignal) => Promise<unknown>;
  #wanted: BackgroundTransfer | null = null;
  #running: { stop: AbortController; ended: Promise<void> } | null = null;
  #holders = 0;

  constructor(transfer: (wanted: BackgroundTransfer, signal: AbortSignal) => Promise<unknown>) {
    this.#transfer = transfer;
  }

  /** Ends what runs, and runs this from now on; null: nothing. */
  async set(wanted: BackgroundTransfer | null): Promise<void> {
    await this.#end();
    this.#wanted = wanted;
    this.#start();
  }

  /** Keeps it from running until the returned function is called; resolves when nothing is under way. */
  async hold(): Promise<() => void> {
    this.#holders += 1;
    await this.#end();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      this.#start();
    };
  }

  #start(): void {
    if (this.#wanted === null || this.#holders > 0 || this.#running !== null) return;
    const stop = new AbortController();
    this.#running = { stop, ended: this.#repeat(this.#wanted, stop.signal) };
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.stop.abort();
    await running?.ended;
  }

  async #repeat(wanted: BackgroundTransfer, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#transfer(wanted, signal).catch(() => {});
      await pause(wanted.pauseMillis, signal);
    }
  }
}

function pause(millis: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  const timer = setTimeout(resolve, millis);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
