// The background load of a host, so that dashboards have something to show. It runs whenever nobody
// needs quiet: a run holds it while it lasts, and so does a client that measures the path.

/** A load under way that does not end by itself. */
export interface Running {
  /** Resolves when nothing of it is under way any more. */
  end(): Promise<void>;
}

/**
 * Runs a load in the background while nobody holds it. `begin` starts the load and must not throw.
 */
export class BackgroundLoop<Wanted> {
  readonly #begin: (wanted: Wanted) => Running;
  #wanted: Wanted | null = null;
  #running: Running | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #holders = 0;

  constructor(begin: (wanted: Wanted) => Running) {
    this.#begin = begin;
  }

  /** Ends the running load and runs this one from now on; null: none. */
  async set(wanted: Wanted | null): Promise<void> {
    this.#wanted = wanted;
    await this.#end();
    this.#start();
  }

  /**
   * Keeps the load from running until the returned function is called. Resolves when nothing is
   * under way.
   */
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
    this.#running = this.#begin(this.#wanted);
  }

  /** Also awaits what another call is ending. */
  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    this.#ended = Promise.all([this.#ended, running?.end()]);
    await this.#ended;
  }
}
