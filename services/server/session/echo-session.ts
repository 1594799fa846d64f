// Echo (RFC 862): every octet is returned as it came. It costs a server what connections and octets
// cost, and nothing else.

import type { Piece } from "../../../lib/sockets/piece.ts";
import type { Steps } from "../files/operation.ts";
import type { Answer, Session, Sessions, Taken } from "./session.ts";

export function echoSessions(): Sessions {
  return { open: () => new EchoSession(), close() {} };
}

export class EchoSession implements Session {
  /** The peer never sends half of anything. */
  readonly phase = "idle";
  finished = false;
  draining = false;
  pendingOctets = 0;
  outputBytes = 0;
  #received: Buffer[] = [];
  #output: Piece[] = [];
  #peerEnded = false;

  receive(octets: Buffer, length: number): void {
    this.#received.push(Buffer.from(octets.subarray(0, length)));
    this.pendingOctets += length;
  }

  peerEnded(): void {
    this.#peerEnded = true;
  }

  next(): Taken {
    if (this.finished) return "nothing";
    const octets = this.#received.shift();
    if (octets === undefined) {
      this.finished = this.#peerEnded;
      return "nothing";
    }
    this.pendingOctets -= octets.length;
    this.#output.push(octets);
    this.outputBytes += octets.length;
    return "answered";
  }

  takeOutput(): Piece[] {
    const output = this.#output;
    this.#output = [];
    this.outputBytes = 0;
    return output;
  }

  timedOut(): void {
    this.finished = true;
  }

  /** Echo has no word for it. */
  refuse(): void {
    this.finished = true;
  }

  finish(): void {
    this.finished = true;
  }

  steps(): Steps<Answer> {
    throw new Error("echoing: no answer takes steps");
  }

  performed(): void {}

  failure(): Answer {
    return { content: [] };
  }

  answer(): void {}
}
