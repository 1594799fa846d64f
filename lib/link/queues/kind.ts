// A kind of queue: its word, its size in full frames, and the qdisc that enforces rate and queue.
// Each kind is a file of this folder and a line in table.ts.

import type { DirectionContext } from "../field.ts";
import type { Qdisc } from "../qdisc.ts";

/** A full Ethernet frame as the kernel's shapers count it: 1500 bytes of IP and 14 of header. */
export const FRAME_BYTES = 1514;

/** The delay that an AQM lets stand while TCP fills the link. */
export interface Standing {
  /** Of the packets of all flows together, or of one flow's own. */
  targetMillis: number;
  /** A flow that sends little waits for none of the others. */
  isFair: boolean;
}

export interface QueueKind<Queue extends { kind: string }> {
  readonly kind: Queue["kind"];
  readonly range: string;
  /** A regular expression for editors; `parse` decides. */
  readonly pattern: string;
  /** Modules of net/sched that the qdisc needs, for a kernel that does not load them itself. */
  readonly modules: readonly string[];
  parse(text: string): Queue | undefined;
  format(queue: Queue): string;
  /** Full frames that it holds at most, at least one. */
  packets(queue: Queue, context: DirectionContext): number;
  /** None: it is no AQM. */
  standing?(queue: Queue, rateBitsPerSecond: number): Standing;
  /** The transmission stage at this rate. */
  qdisc(queue: Queue, rateBitsPerSecond: number, context: DirectionContext, seed: number | null): Qdisc;
  /**
   * The same where a timeline drives the rate, which then has to act on packets that wait already.
   * None: that of `qdisc` does.
   */
  drivenQdisc?(queue: Queue, rateBitsPerSecond: number, context: DirectionContext): Qdisc;
}
