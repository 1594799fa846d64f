// One connection's HTTP, without a socket: octets in, requests out, responses in, pieces to send
// out. A callback, a promise or a blocking loop can drive it: receive -> next -> answer ->
// takeOutput, until `finished`. Responses go out in the order of the requests (RFC 9112 section
// 9.3.2): `next` gives one request, then waits for its answer.

import { Buffer } from "node:buffer";
import { type Piece, pieceLength } from "../../../lib/sockets/piece.ts";
import type { ParserLimits } from "./limits.ts";
import type { HttpVersion, Request, Response } from "./message.ts";
import { SERVED_METHODS } from "./methods.ts";
import { type ConnectionOption, connectionOption, prepare } from "./octets.ts";
import { Parser } from "./parser.ts";
import { textResponse } from "./status.ts";

const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");

/**
 * An empty outbox: most hold one piece, and an array made for it is smaller than one that grows.
 */
const NOTHING: Piece[] = [];

export class Connection {
  /** What is to be sent, in order; `takeOutput` empties it. */
  outbox: Piece[] = NOTHING;
  outboxBytes = 0;
  /** Nothing more is read as requests: once everything is sent, close. */
  finished = false;
  /** Set to let the next answer be the last. */
  draining = false;
  /** Called for each answer that is made here and not asked for: a refusal. */
  onRefusal: (status: number) => void = () => {};

  #parser: Parser;
  #clientEnded = false;
  #now: () => number;
  #version: HttpVersion;

  /**
   * `version` 1.0: every answer is the last, whatever the client asks for, and there is no 100
   * (Continue).
   */
  constructor(now: () => number, limits?: ParserLimits, version: HttpVersion = "1.1") {
    this.#now = now;
    this.#version = version;
    this.#parser = new Parser(limits);
  }

  /** Takes the first `length` of the octets; their memory may be used again afterwards. */
  receive(octets: Buffer, length = octets.length): void {
    this.#parser.receive(octets, length);
  }

  /** The client will send no more. What it asked for is still answered. */
  clientEnded(): void {
    this.#clientEnded = true;
  }

  /** Octets received that `next` has not looked at. */
  get pendingOctets(): number {
    return this.#parser.pendingOctets;
  }

  /** Where the client stands in what it sends: which time-out applies. */
  get phase(): "idle" | "head" | "content" {
    if (this.#parser.inContent) return "content";
    return this.#parser.midway ? "head" : "idle";
  }

  /**
   * The next request that wants an answer, or undefined when more octets are needed or the
   * connection is finished.
   */
  next(): Request | undefined {
    while (!this.finished) {
      switch (this.#parser.next()) {
        case "head":
          if (!this.#parser.request.expectsContinue || this.#version === "1.0") break;
          if (!SERVED_METHODS.has(this.#parser.request.method)) return this.#answerAtOnce();
          this.#send(CONTINUE);
          break;
        case "content":
          break;
        case "end":
          return this.#parser.request;
        case "more":
          if (!this.#clientEnded) return undefined;
          if (this.#parser.midway) this.refuse(400, "the request ended before it was whole");
          this.finished = true;
          break;
        case "refused":
          this.refuse(this.#parser.refusal.status, this.#parser.refusal.reason);
      }
    }
    return undefined;
  }

  /** Answers the request that `next` gave. */
  answer(request: Request, response: Response): void {
    const persists = request.persistent && !this.draining && this.#version === "1.1";
    this.#sendResponse(response, request.method === "HEAD", connectionOption(request, persists));
    if (!persists) this.finished = true;
  }

  /** Answers what is not a request, or never became one, and finishes. */
  refuse(status: number, reason: string): void {
    const headOnly = this.#parser.request.method === "HEAD";
    this.#sendResponse(textResponse(status, reason), headOnly, connectionOption(null, false));
    this.finished = true;
    this.onRefusal(status);
  }

  /** All that is to be sent; the caller sends it in order and releases the files in it. */
  takeOutput(): Piece[] {
    const { outbox } = this;
    this.outbox = NOTHING;
    this.outboxBytes = 0;
    return outbox;
  }

  /**
   * A final status for a request whose content is not wanted: since it may never be sent, the
   * connection cannot go on.
   */
  #answerAtOnce(): Request {
    const { request } = this.#parser;
    request.persistent = false;
    return request;
  }

  #sendResponse(response: Response, headOnly: boolean, connection: ConnectionOption): void {
    const { head, whole } = prepare(response, this.#version, connection, this.#now());
    if (headOnly) this.#send(head);
    else if (whole !== null) this.#send(whole);
    else {
      this.#send(head);
      for (const piece of response.content) this.#send(piece);
    }
  }

  #send(piece: Piece): void {
    if (this.outbox === NOTHING) this.outbox = [piece];
    else this.outbox.push(piece);
    this.outboxBytes += pieceLength(piece);
  }
}
