// Finds where each answer ends, which is all that a connection needs of a protocol.

import type { TakeBody } from "./exchange.ts";

/** The octets are no answer (`malformed`), another one (`wrong`), or ended too early (`short`). */
export class AnswerError extends Error {
  readonly kind: "malformed" | "wrong" | "short";

  constructor(kind: AnswerError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Reads answers, one after another: `begin` before each. */
export interface AnswerReader {
  /** 0 where the protocol has none. */
  readonly status: number;
  readonly bodyBytes: number;
  /** Interim answers so far. */
  readonly interims: number;
  readonly complete: boolean;
  /** Whether part of the answer has arrived, apart from completed interim ones. */
  readonly begun: boolean;
  /** Whether the connection may carry another request after this answer. */
  readonly persistent: boolean;
  /** `sent`: the octets that are answered. */
  begin(isHead: boolean, takeBody: TakeBody | null, sent: Buffer): void;
  /** Takes octets from `at` to `end`; returns where those of this answer end. */
  feed(octets: Buffer, at: number, end: number): number;
  /** The connection ended. */
  end(): void;
}
