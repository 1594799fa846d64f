// What a kind of queue is: how people write it, how many full frames it holds, and the qdisc that keeps rate and queue.
// Each kind is one file of this folder; the table is in table.ts.

import type { DirectionContext } from "../field.ts";
import type { Qdisc } from "../qdisc.ts";

/** A full Ethernet frame as the kernel's shapers count it: 1500 bytes of IP and 14 of header. */
export const FRAME_BYTES = 1514;

export interface QueueKind<Queue extends { kind: string }> {
  readonly kind: Queue["kind"];
  readonly range: string;
  /** A regular expression for editors; `parse` has the last word. */
  readonly pattern: string;
  /** Modules of net/sched that the qdisc needs, for a kernel that loads none by itself. */
  readonly modules: readonly string[];
  parse(text: string): Queue | undefined;
  format(queue: Queue): string;
  /** Full frames that it holds at most, at least one. */
  packets(queue: Queue, context: DirectionContext): number;
  /** The transmission stage at this rate. */
  qdisc(queue: Queue, rateBitsPerSecond: number, context: DirectionContext, seed: number | null): Qdisc;
}
