// HTTP on one connection, without a socket: octets in, requests out, responses in, pieces out. A
// callback, a promise or a blocking loop can drive it: receive -> next -> answer -> takeOutput,
// until `finished`. Responses go out in the order of the requests (RFC 9112 section 9.3.2): `next`
// returns one request and then waits for its answer.

import { Buffer } from "node:buffer";
import { type Piece, pieceLength, type Writes } from "../../../lib/sockets/piece.ts";
import type { ParserLimits } from "./limits.ts";
import type { HttpVersion, Request, Response } from "./message.ts";
import { SERVED_METHODS } from "./methods.ts";
import { type ConnectionOption, connectionOption, prepare } from "./octets.ts";
import { Parser } from "./parser.ts";
import { textResponse } from "./status.ts";

const CONTINUE = Buffer.from("HTTP/1.1 100 Continue\r\n\r\n");

/** An empty outbox. Most hold one piece, and an array literal is smaller than one that grows. */
const NOTHING: Piece[] = [];

export class HttpConnection {
  /** Pending output, in order; `takeOutput` empties it. */
  outbox: Piece[] = NOTHING;
  outboxBytes = 0;
  /** No further requests are read. Close once everything is sent. */
  finished = false;
  /** Set it to make the next answer the last. */
  draining = false;
  /** Called for each refusal, which is an answer that no request asked for. */
  onRefusal: (status: number) => void = () => {};

  #parser: Parser;
  #clientEnded = false;
  #now: () => number;
  #version: HttpVersion;
  #writes: Writes;

  /**
   * With `version` 1.0 every answer is the last, whatever the client requests, and there is no 100
   * (Continue). With `writes` in parts the head of an answer is never one piece with its content.
   */
  constructor(now: () => number, limits?: ParserLimits, version: HttpVersion = "1.1", writes: Writes = "whole") {
    this.#now = now;
    this.#version = version;
    this.#writes = writes;
    this.#parser = new Parser(limits);
  }

  /** Takes the first `length` of the octets, whose memory may be reused afterwards. */
  receive(octets: Buffer, length = octets.length): void {
    this.#parser.receive(octets, length);
  }

  /** The client will send no more. Requests received so far are still answered. */
  clientEnded(): void {
    this.#clientEnded = true;
  }

  /** Received octets that `next` has not processed. */
  get pendingOctets(): number {
    return this.#parser.pendingOctets;
  }

  /** The client's progress, which decides the time-out. */
  get phase(): "idle" | "head" | "content" {
    if (this.#parser.inContent) return "content";
    return this.#parser.midway ? "head" : "idle";
  }

  /**
   * The next request to answer, or undefined if more octets are needed or the connection is
   * finished.
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

  /** Answers the request that `next` returned. */
  answer(request: Request, response: Response): void {
    const persists = request.persistent && !this.draining && this.#version === "1.1";
    this.#sendResponse(response, request.method === "HEAD", connectionOption(request, persists));
    if (!persists) this.finished = true;
  }

  /** Answers something that is not a request, or never became one, and finishes. */
  refuse(status: number, reason: string): void {
    const headOnly = this.#parser.request.method === "HEAD";
    this.#sendResponse(textResponse(status, reason), headOnly, connectionOption(null, false));
    this.finished = true;
    this.onRefusal(status);
  }

  /** All pending output. The caller sends it in order and releases the files in it. */
  takeOutput(): Piece[] {
    const { outbox } = this;
    this.outbox = NOTHING;
    this.outboxBytes = 0;
    return outbox;
  }

  /**
   * A final status for a request whose content is not wanted. The content may never be sent, so the
   * connection cannot go on.
   */
  #answerAtOnce(): Request {
    const { request } = this.#parser;
    request.persistent = false;
    return request;
  }

  #sendResponse(response: Response, headOnly: boolean, connection: ConnectionOption): void {
    const { head, whole } = prepare(response, this.#version, connection, this.#now(), this.#writes);
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
