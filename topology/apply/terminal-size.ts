// The size of a person's terminal, forwarded to that of a command in a container.

import type { WriteStream } from "node:tty";

/** The size of a terminal. */
export type Terminal = Pick<WriteStream, "columns" | "rows" | "on" | "off">;

/**
 * Forwards the size of this terminal at each change, and once at first for a change that was
 * missed, until the returned function is called. One size after another: requests are on
 * connections of their own, so the first of two at once may arrive last, and would stay.
 */
export function followSize(
  terminal: Terminal,
  resize: (size: { w: number; h: number }) => Promise<unknown>,
): () => void {
  let last: Promise<unknown> = Promise.resolve();
  const follow = () => {
    const forward = () => resize({ w: terminal.columns, h: terminal.rows });
    last = last.then(forward).catch(() => {}); // the command may have ended
  };
  follow();
  terminal.on("resize", follow);
  return () => terminal.off("resize", follow);
}
