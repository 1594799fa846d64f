// Reads what an echo server returns (RFC 862): as many octets as were sent, and the same ones.

import { AnswerError, type AnswerReader } from "./answer-reader.ts";
import type { TakeBody } from "./exchange.ts";

export class EchoReader implements AnswerReader {
  readonly status = 0;
  readonly interims = 0;
  bodyBytes = 0;
  #sent: Buffer = Buffer.alloc(0);

  get complete(): boolean {
    return this.bodyBytes === this.#sent.length;
  }

  get begun(): boolean {
    return this.bodyBytes > 0;
  }

  get persistent(): boolean {
    return this.complete;
  }

  begin(_isHead: boolean, _takeBody: TakeBody | null, sent: Buffer): void {
    this.bodyBytes = 0;
    this.#sent = sent;
  }

  feed(octets: Buffer, at: number, end: number): number {
    const until = Math.min(end, at + this.#sent.length - this.bodyBytes);
    const reached = this.bodyBytes + until - at;
    if (this.#sent.compare(octets, at, until, this.bodyBytes, reached) !== 0)
      throw new AnswerError("wrong", `other octets than were sent, among the first ${reached}`);
    this.bodyBytes = reached;
    return until;
  }

  end(): void {
    throw new AnswerError("short", `the connection ended after ${this.bodyBytes} of ${this.#sent.length} octets`);
  }
}
