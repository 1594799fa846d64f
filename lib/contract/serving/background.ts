// What a host does in the background, so that there is something to see: it runs whenever nobody needs quiet. A run holds it first and
// lets it go again after; so does whoever measures the path, for as long as their request lasts.

/** Something under way that does not end by itself. */
export interface Running {
  /** Resolves when nothing of it is under way any more. */
  end(): Promise<void>;
}

/** What is to run in the background, and who keeps it from running. `begin`, which must not throw, begins it. */
export class Background<Wanted> {
  readonly #begin: (wanted: Wanted) => Running;
  #wanted: Wanted | null = null;
  #running: Running | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #holders = 0;

  constructor(begin: (wanted: Wanted) => Running) {
    this.#begin = begin;
  }

  /** Ends what runs, and runs this from now on; null: nothing. */
  async set(wanted: Wanted | null): Promise<void> {
    this.#wanted = wanted;
    await this.#end();
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
    this.#running = this.#begin(this.#wanted);
  }

  /** Also waits for what another call is ending. */
  async #end(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    this.#ended = Promise.all([this.#ended, running?.end()]);
    await this.#ended;
  }
}
