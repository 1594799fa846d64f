// The background load: it runs whenever nobody needs quiet. A run holds it first and lets it go again after; so does whoever
// measures the path (`quiet`), for as long as their request lasts. What is under way when it is held is let end.

import type { LoadSettings } from "../../lib/results.ts";
import { runClosedLoop } from "./closed-loop.ts";
import type { Endpoint } from "./connection.ts";
import type { Observe } from "./events.ts";

/** How long requests under way may take to end before they are broken off. */
const ENDING_MILLIS = 3000;

interface Running {
  /** Resolves when no request is under way any more. */
  end(): Promise<void>;
}

/** What is to run in the background, and who keeps it from running. */
export class BackgroundLoad {
  readonly #observe: Observe;
  readonly #onRunning: (running: boolean) => void;
  #wanted: { settings: LoadSettings; endpoint: Endpoint } | null = null;
  #running: Running | null = null;
  #holders = 0;

  constructor(observe: Observe, onRunning: (running: boolean) => void = () => {}) {
    this.#observe = observe;
    this.#onRunning = onRunning;
  }

  /** The settings of what runs whenever it may; null when there is nothing. */
  get settings(): LoadSettings | null {
    return this.#wanted?.settings ?? null;
  }

  /** Ends what runs, and runs this from now on; null: nothing. */
  async set(wanted: { settings: LoadSettings; endpoint: Endpoint } | null): Promise<void> {
    await this.#end();
    this.#wanted = wanted;
    this.#start();
  }

  /** Keeps it from running until the returned function is called; resolves when no request is under way. */
  async hold(): Promise<() => void> {
    this.#holders += 1;
    await this.#end();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      this.#start();
    };
  }

  #start(): void {
    if (this.#wanted === null || this.#holders > 0 || this.#running !== null) return;
    this.#running = run(this.#wanted.settings, this.#wanted.endpoint, this.#observe);
    this.#onRunning(true);
  }

  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    if (running === null) return;
    await running.end();
    if (this.#running === null) this.#onRunning(false);
  }
}

function run(settings: LoadSettings, endpoint: Endpoint, observe: Observe): Running {
  const [ending, cancelling] = [new AbortController(), new AbortController()];
  const always = { windowStartMillis: 0, windowEndMillis: Number.POSITIVE_INFINITY };
  const ended = runClosedLoop(settings, always, endpoint, observe, cancelling.signal, ending.signal).catch(() => {});
  return {
    async end() {
      ending.abort();
      const timer = setTimeout(() => cancelling.abort(), ENDING_MILLIS);
      await ended;
      clearTimeout(timer);
    },
  };
}
