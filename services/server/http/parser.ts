// Octets in, events out, without sockets and clock (RFC 9112). One state per element of a message:
//
//   request-line -> field-line* -> (head) -> content-by-length ----------------------> request-line
//        ^                          |  |---> chunk-size -> chunk-data -> chunk-end -> chunk-size
//        '------ no content --------'             '- size 0 -> trailer-line* --------> request-line
//
// Anything that is no request leads to `refused` for good. Octets are read as latin1 text, one code
// unit each, which V8 searches and slices fastest. docs/server.md has the states with their limits.

import { readFieldLine } from "./field-line.ts";
import { framingOf } from "./framing.ts";
import { isFieldValue } from "./grammar.ts";
import { knowHead, knownHead, knownSection, knowSection } from "./known-head.ts";
import { DEFAULT_LIMITS, type ParserLimits } from "./limits.ts";
import { blankRequest, type Refusal, type Request } from "./message.ts";
import { methodOf, readRequestLine } from "./request-line.ts";
import { isPersistent, resolveExpectation, resolveTarget } from "./rules.ts";

/**
 * `more`: octets are needed. `head`: all of `request` but its content. `content`: `contentOctets`
 * of it. `end`: the request is complete. `refused`: `refusal` has the reason, and nothing follows.
 */
export type ParserEvent = "more" | "head" | "content" | "end" | "refused";

type State =
  | "request-line"
  | "field-line"
  | "content-by-length"
  | "chunk-size"
  | "chunk-data"
  | "chunk-end"
  | "trailer-line"
  | "refused";

const LONGEST_METHOD = 32;
const CARRIAGE_RETURN = 13;

export class Parser {
  /** The request of the last `head`, or the part read so far of one that has begun. */
  request: Request = blankRequest();
  /** How many octets of content the last `content` event covers. */
  contentOctets = 0;
  refusal: Refusal = { status: 400, reason: "" };

  #limits: ParserLimits;
  #state: State = "request-line";
  #text = "";
  /** Position in #text, and how far it has been searched for a line feed. */
  #at = 0;
  #searched = 0;
  /** Octets of content to come, of message or chunk; and octets of the message read so far. */
  #remaining = 0;
  #contentSoFar = 0;
  /** Where the head and its fields begin, or -1 once discarded; and the fields read so far. */
  #headAt = -1;
  #sectionAt = -1;
  #fields: string[] = [];
  /** Octets so far of field lines, of chunk extensions and trailers, or of leading blank lines. */
  #overhead = 0;

  constructor(limits: ParserLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /** Takes octets from the connection, which `next` then processes. */
  receive(octets: Buffer, length = octets.length): void {
    if (this.#state === "refused") return;
    const rest = this.#at === this.#text.length ? "" : this.#text.slice(this.#at);
    this.#text = rest + octets.toString("latin1", 0, length);
    this.#searched = Math.max(0, this.#searched - this.#at);
    this.#headAt = -1;
    this.#sectionAt = this.#at <= this.#sectionAt ? this.#sectionAt - this.#at : -1;
    this.#at = 0;
  }

  /** Unprocessed octets, which bound how far ahead a client is read. */
  get pendingOctets(): number {
    return this.#text.length - this.#at;
  }

  /** Whether a request has begun and is incomplete. */
  get midway(): boolean {
    return this.#state !== "request-line" || this.#at < this.#text.length;
  }

  /** Whether the head is complete and content is to come. */
  get inContent(): boolean {
    return this.#state !== "request-line" && this.#state !== "field-line" && this.#state !== "refused";
  }

  /** The next event. Call it until it returns `more` or `refused`. */
  next(): ParserEvent {
    if (this.#at === this.#text.length && this.#state === "request-line") return "more";
    for (;;) {
      const event = this.#step();
      if (event !== "again") return event;
    }
  }

  #step(): ParserEvent | "again" {
    switch (this.#state) {
      case "request-line":
        return this.#requestLine();
      case "field-line":
        return this.#fieldLine();
      case "content-by-length":
        return this.#content("request-line");
      case "chunk-size":
        return this.#chunkSize();
      case "chunk-data":
        return this.#content("chunk-end");
      case "chunk-end":
        return this.#chunkEnd();
      case "trailer-line":
        return this.#trailerLine();
      case "refused":
        return "refused";
    }
  }

  #requestLine(): ParserEvent | "again" {
    const from = this.#at;
    const head = knownHead(this.#text, from, this.#limits);
    if (head !== null) {
      this.request = { ...head.meaning };
      this.#skip(head.text.length);
      return this.#contentNext(0);
    }
    const feed = this.#lineFeed();
    if (feed === -1 || feed - from > this.#limits.requestLineBytes) return this.#longRequestLine(from, feed);
    this.#at = feed + 1;
    const to = this.#lineEnd(from, feed);
    this.#fields = [];
    this.request = blankRequest(this.#fields);
    if (to === from) return ++this.#overhead > 8 ? this.#refuse(400, "too many blank lines before a request") : "again";
    const refusal = readRequestLine(this.#text, from, to, this.request);
    if (refusal !== null) return this.#refuse(refusal.status, refusal.reason);
    this.#overhead = 0;
    this.#state = "field-line";
    this.#headAt = from;
    this.#sectionAt = this.#at;
    const section = knownSection(this.#text, this.#at, this.#limits);
    if (section === null) return "again";
    this.request.fields = section.meaning;
    this.#skip(section.text.length);
    return this.#headEnd();
  }

  /** The line is too long or incomplete. A method without an end is an unknown one. */
  #longRequestLine(from: number, feed: number): ParserEvent {
    const length = (feed === -1 ? this.#text.length : feed) - from;
    this.request = { ...blankRequest(), method: methodOf(this.#text, from, from + length) };
    if (length <= this.#limits.requestLineBytes) return "more";
    const space = this.#text.indexOf(" ", from);
    if (space === -1 || space - from > LONGEST_METHOD) return this.#refuse(501, "no method is that long");
    return this.#refuse(414, `a request line may have ${this.#limits.requestLineBytes} octets`);
  }

  #fieldLine(): ParserEvent | "again" {
    const from = this.#at;
    const feed = this.#lineFeed();
    const length = (feed === -1 ? this.#text.length : feed) - from;
    if (this.#overhead + length > this.#limits.fieldBytes)
      return this.#refuse(431, `all fields together may have ${this.#limits.fieldBytes} octets`);
    if (feed === -1) return "more";
    this.#at = feed + 1;
    const to = this.#lineEnd(from, feed);
    if (to === from) {
      if (this.#sectionAt !== -1) knowSection(this.#text.slice(this.#sectionAt, this.#at), this.#limits, this.#fields);
      return this.#headEnd();
    }
    this.#overhead += length + 1;
    if (this.#fields.length / 2 >= this.#limits.fieldCount)
      return this.#refuse(431, `a head may have ${this.#limits.fieldCount} fields`);
    return this.#field(from, to, this.#fields);
  }

  /** Reads the field line `[from, to)` and appends its name and value to `into`. */
  #field(from: number, to: number, into: string[] | null): ParserEvent | "again" {
    const refusal = readFieldLine(this.#text, from, to, into);
    return refusal === null ? "again" : this.#refuse(refusal.status, refusal.reason);
  }

  #headEnd(): ParserEvent {
    const { request } = this;
    const framing = framingOf(request);
    if ("status" in framing) return this.#refuse(framing.status, framing.reason);
    if (framing.kind === "length" && framing.length > this.#limits.contentBytes) return this.#tooLarge();
    const length = framing.kind === "length" ? framing.length : 0;
    request.framing = framing.kind === "length" && length === 0 ? "none" : framing.kind;
    request.persistent = isPersistent(request);
    const refusal = resolveTarget(request) ?? resolveExpectation(request);
    if (refusal !== null) return this.#refuse(refusal.status, refusal.reason);
    if (request.framing === "none" && this.#headAt !== -1)
      knowHead(this.#text.slice(this.#headAt, this.#at), this.#limits, request);
    return this.#contentNext(length);
  }

  /** The head is complete. Content of that length, or chunks, follow. */
  #contentNext(length: number): ParserEvent {
    this.#overhead = 0;
    this.#contentSoFar = 0;
    this.#remaining = length;
    this.#state = this.request.framing === "chunked" ? "chunk-size" : "content-by-length";
    return "head";
  }

  #content(then: State): ParserEvent {
    if (this.#remaining === 0 && then === "request-line") {
      this.#state = then;
      return "end";
    }
    const taken = Math.min(this.#remaining, this.#text.length - this.#at);
    if (taken === 0) return "more";
    this.#skip(taken);
    this.#remaining -= taken;
    this.contentOctets = taken;
    if (this.#remaining === 0 && then === "chunk-end") this.#state = then;
    return "content";
  }

  /** chunk-size [ chunk-ext ] CRLF. RFC 9112 allows a bare LF in heads only. */
  #chunkSize(): ParserEvent | "again" {
    const from = this.#at;
    const feed = this.#lineFeed();
    const length = (feed === -1 ? this.#text.length : feed) - from;
    if (this.#overhead + length > this.#limits.chunkOverheadBytes)
      return this.#refuse(413, `chunk extensions and trailers may have ${this.#limits.chunkOverheadBytes} octets`);
    if (feed === -1) return "more";
    this.#at = feed + 1;
    const to = this.#lineEnd(from, feed);
    const match = /^([0-9A-Fa-f]+)(?:[ \t]*;.*)?$/.exec(this.#text.slice(from, to));
    if (to === feed || match === null || !isFieldValue(this.#text, from, to))
      return this.#refuse(400, "a chunk begins with its size in hexadecimal");
    const digits = (match[1] as string).replace(/^0+/, "");
    const size = digits.length > 12 ? Number.POSITIVE_INFINITY : Number.parseInt(digits || "0", 16);
    this.#overhead += length + 1 - (match[1] as string).length;
    this.#contentSoFar += size;
    if (this.#contentSoFar > this.#limits.contentBytes) return this.#tooLarge();
    this.#remaining = size;
    this.#state = size === 0 ? "trailer-line" : "chunk-data";
    return "again";
  }

  #chunkEnd(): ParserEvent | "again" {
    const end = this.#text.slice(this.#at, this.#at + 2);
    if (!"\r\n".startsWith(end)) return this.#refuse(400, "a chunk ends with CRLF where its size says");
    if (end.length < 2) return "more";
    this.#at += 2;
    this.#state = "chunk-size";
    return "again";
  }

  #trailerLine(): ParserEvent | "again" {
    const from = this.#at;
    const feed = this.#lineFeed();
    const length = (feed === -1 ? this.#text.length : feed) - from;
    if (this.#overhead + length > this.#limits.chunkOverheadBytes)
      return this.#refuse(431, `chunk extensions and trailers may have ${this.#limits.chunkOverheadBytes} octets`);
    if (feed === -1) return "more";
    this.#at = feed + 1;
    this.#overhead += length + 1;
    const to = this.#lineEnd(from, feed);
    if (to === feed) return this.#refuse(400, "a trailer line ends with CRLF");
    if (to !== from) return this.#field(from, to, null);
    this.#overhead = 0;
    this.#state = "request-line";
    return "end";
  }

  #tooLarge(): ParserEvent {
    return this.#refuse(413, `the content of a request may have ${this.#limits.contentBytes} octets`);
  }

  #refuse(status: number, reason: string): ParserEvent {
    this.#state = "refused";
    this.#text = "";
    this.#at = 0;
    this.refusal = { status, reason };
    return "refused";
  }

  /** Skips octets in which no line is sought. */
  #skip(length: number): void {
    this.#at += length;
    this.#searched = this.#at;
  }

  /** Position of the line feed that ends the line at #at, or -1 if it has not arrived. */
  #lineFeed(): number {
    const feed = this.#text.indexOf("\n", this.#searched < this.#at ? this.#at : this.#searched);
    this.#searched = feed === -1 ? this.#text.length : feed + 1;
    return feed;
  }

  /** End of a line's text: a CR right before the line feed belongs to the line end. */
  #lineEnd(from: number, feed: number): number {
    return feed > from && this.#text.charCodeAt(feed - 1) === CARRIAGE_RETURN ? feed - 1 : feed;
  }
}
