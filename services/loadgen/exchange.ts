// One request and what becomes of it. Times are milliseconds of performance.now().

import type { FailureKind } from "../../lib/contract/load/load.ts";
import type { Asked } from "./asked.ts";

/** Receives the body of a response as it arrives, in memory that is reused. */
export type TakeBody = (piece: Uint8Array) => void;

export interface Exchange {
  asked: Asked;
  isHead: boolean;
  takeBody: TakeBody | null;
  owner: ExchangeOwner;
  /** When it should have begun. */
  intendedMillis: number;
  /** When the generator began to attend to it. */
  attendedMillis: number;
  /** When it had a connection, or one began to be opened for it. */
  startedMillis: number;
  /** When it was written; NaN: not yet. */
  sentMillis: number;
  /** When the final response began; NaN: not yet. */
  firstByteMillis: number;
  deadlineMillis: number;
  status: number;
  bodyBytes: number;
  /** Whether it was made before, and a close left it unanswered. */
  isRetry: boolean;
}

/** The connection that carries it. */
export interface Carrier {
  /** Whether another request may be sent. */
  readonly usable: boolean;
  /** Requests so far. */
  readonly requests: number;
  /** Requests that are not answered. */
  readonly waiting: number;
  send(exchange: Exchange): void;
  /** Requests that `work` sends here leave together. */
  together(work: () => void): void;
  leave(leaving: "close" | "server", lingerMillis?: number): void;
}

/** Receives the end of an exchange: one of these is called, once. */
export interface ExchangeOwner {
  /** A whole response of any status. */
  answered(exchange: Exchange, carrier: Carrier, atMillis: number): void;
  failed(exchange: Exchange, failure: Failure, atMillis: number): void;
}

/** Why a request could not be completed. */
export interface Failure {
  kind: FailureKind;
  message: string;
  /** Whether nothing of the response had arrived, so that the request may be made once more. */
  isUntouched: boolean;
}
