// Reads HTTP/1.x responses from bytes in arbitrary pieces, without sockets or time (RFC 9112). It
// shares nothing with services/server, so that a mistake of one cannot hide in the other. Bytes
// are looked at where they lie, and text is made of them only where something is unusual; bodies
// are counted and not kept. Memory is bounded by MAX_HEAD_BYTES.

import { AnswerError, type AnswerReader } from "../answer-reader.ts";
import { connectionOf, isFieldLine, lengthOf, nameIs, trimmed } from "./field.ts";
import { SeenHead } from "./seen-head.ts";
import { readStatusLine } from "./status-line.ts";

const STATUS = 0;
const FIELDS = 1;
const SIZED = 2;
const UNTIL_CLOSE = 3;
const CHUNK_SIZE = 4;
const CHUNK = 5;
const CHUNK_END = 6;
const TRAILERS = 7;
const COMPLETE = 8;
/** By state. */
const WANTS_LINES = [true, true, false, false, true, false, true, true, false];

const MAX_HEAD_BYTES = 64 * 1024;
const [TAB, LF, CR, SPACE] = [9, 10, 13, 32] as const;
const NOTHING = Buffer.alloc(0);

/** Reads responses, one after another: `begin` before each. */
export class ResponseReader implements AnswerReader {
  status = 0;
  bodyBytes = 0;
  /** Interim responses (1xx) so far. */
  interims = 0;
  #state = COMPLETE;
  #isHead = false;
  #takePiece: ((piece: Uint8Array) => void) | null = null;
  /** The beginning of a line, and of its folded ones, whose rest has not arrived. */
  #carried = NOTHING;
  #lineBytes = 0;
  #remaining = 0;
  #minorVersion = 0;
  /** -1: no Content-Length. */
  #length = -1;
  #codings: string | null = null;
  #closes = false;
  #keeps = false;
  #persists = false;
  readonly #seen: SeenHead;

  /** `seen` may be shared by readers of one server's responses. */
  constructor(seen = new SeenHead()) {
    this.#seen = seen;
  }

  /** `takePiece` receives the body as it arrives, without its framing. */
  begin(isHead = false, takePiece: ((piece: Uint8Array) => void) | null = null): void {
    this.#isHead = isHead;
    this.#takePiece = takePiece;
    this.interims = 0;
    this.#carried = NOTHING;
    this.#beginHead();
  }

  get complete(): boolean {
    return this.#state === COMPLETE;
  }

  /** Whether part of a response has arrived, apart from completed interim ones. */
  get begun(): boolean {
    return this.#state !== STATUS || this.#carried.length > 0;
  }

  /**
   * Whether the connection may carry another request after this response (RFC 9112 section 9.3).
   */
  get persistent(): boolean {
    return this.complete && this.#persists;
  }

  /**
   * Takes bytes from `at` to `end`; returns where those of this response end. Folded lines are
   * unfolded in place. Throws AnswerError if they are none.
   */
  feed(bytes: Buffer, at = 0, end = bytes.length): number {
    const isStart = this.#state === STATUS && this.#carried.length === 0 && !this.#isHead;
    let position = isStart ? this.#takeHead(bytes, at, end) : at;
    while (position < end && this.#state !== COMPLETE) {
      const state = this.#state;
      if (state === SIZED || state === UNTIL_CLOSE || state === CHUNK) position = this.#takeBody(bytes, position, end);
      else if (this.#carried.length === 0) position = this.#takeLines(bytes, position, end);
      else position = this.#continueLine(bytes, position, end);
    }
    return position;
  }

  /** The connection ended. Throws AnswerError if the response is incomplete. */
  end(): void {
    if (this.#state === UNTIL_CLOSE) this.#state = COMPLETE;
    if (this.complete) return;
    const where = this.#state <= FIELDS ? "in the head" : `after ${this.bodyBytes} bytes of the body`;
    throw new AnswerError("short", `the connection ended ${where}`);
  }

  #beginHead(): void {
    this.#state = STATUS;
    this.status = 0;
    this.bodyBytes = 0;
    this.#lineBytes = 0;
    this.#length = -1;
    this.#codings = null;
    this.#closes = false;
    this.#keeps = false;
    this.#persists = false;
  }

  /** Takes a head, or its beginning; without reading it, if it is the latest again. */
  #takeHead(bytes: Buffer, at: number, end: number): number {
    const seen = this.#seen;
    if (seen.isAt(bytes, at, end)) {
      this.status = seen.status;
      this.#state = seen.state;
      this.#remaining = seen.remaining;
      this.#persists = seen.persists;
      return at + seen.length;
    }
    const position = this.#takeLines(bytes, at, end);
    const isWhole = !WANTS_LINES[this.#state] && this.#codings === null && this.interims === 0;
    if (isWhole && seen.keep(bytes, at, position)) {
      seen.status = this.status;
      seen.state = this.#state;
      seen.remaining = this.#remaining;
      seen.persists = this.#persists;
    }
    return position;
  }

  #takeBody(bytes: Buffer, at: number, end: number): number {
    const available = end - at;
    const taken = this.#state === UNTIL_CLOSE || available < this.#remaining ? available : this.#remaining;
    this.bodyBytes += taken;
    if (this.#takePiece !== null) this.#takePiece(bytes.subarray(at, at + taken));
    if (this.#state === UNTIL_CLOSE) return at + taken;
    this.#remaining -= taken;
    if (this.#remaining === 0) this.#state = this.#state === SIZED ? COMPLETE : CHUNK_END;
    return at + taken;
  }

  /** Joins what was carried to the next line's end, so that lines are contiguous. */
  #continueLine(bytes: Buffer, at: number, end: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    // One octet more shows whether the next line continues this one.
    const until = lineEnd === -1 || lineEnd >= end ? end : Math.min(lineEnd + 2, end);
    const joined = Buffer.concat([this.#carried, bytes.subarray(at, until)]);
    const before = this.#carried.length;
    this.#carried = NOTHING;
    return at + this.#takeLines(joined, 0, joined.length) - before;
  }

  /** Takes whole lines while the state wants some, and carries the beginning of another. */
  #takeLines(bytes: Buffer, start: number, end: number): number {
    let at = start;
    let lineEnd = start;
    while (at < end && WANTS_LINES[this.#state]) {
      while (lineEnd < end && bytes[lineEnd] !== LF) lineEnd++;
      const isBlank = lineEnd === at || (lineEnd === at + 1 && bytes[at] === CR);
      const canFold = this.#state === FIELDS && !isBlank;
      if (lineEnd === end || (canFold && lineEnd + 1 === end)) {
        this.#bound(end - at);
        this.#carried = Buffer.from(bytes.subarray(at, end));
        return end;
      }
      if (canFold && isFold(bytes[lineEnd + 1] as number)) {
        bytes[lineEnd] = SPACE;
        if (bytes[lineEnd - 1] === CR) bytes[lineEnd - 1] = SPACE;
        continue;
      }
      this.#bound(lineEnd + 1 - at);
      this.#lineBytes += lineEnd + 1 - at;
      this.#interpret(bytes, at, lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd);
      lineEnd += 1;
      at = lineEnd;
    }
    return at;
  }

  #bound(moreBytes: number): void {
    if (this.#lineBytes + moreBytes > MAX_HEAD_BYTES)
      throw malformed(`more than ${MAX_HEAD_BYTES} bytes of head or chunk sizes`);
  }

  #interpret(bytes: Buffer, start: number, end: number): void {
    switch (this.#state) {
      case STATUS:
        this.#takeStatus(bytes, start, end);
        this.#state = FIELDS;
        break;
      case FIELDS:
        if (start === end) this.#beginBody();
        else this.#takeField(bytes, start, end);
        break;
      case CHUNK_SIZE:
        this.#remaining = chunkSize(textOf(bytes, start, end));
        this.#state = this.#remaining === 0 ? TRAILERS : CHUNK;
        this.#lineBytes = 0;
        break;
      case CHUNK_END:
        if (start !== end) throw malformed("a chunk longer than its size");
        this.#state = CHUNK_SIZE;
        break;
      default:
        if (start === end) this.#state = COMPLETE;
    }
  }

  #takeStatus(bytes: Buffer, start: number, end: number): void {
    const line = readStatusLine(bytes, start, end);
    if (line === null)
      throw malformed(`the status line ${JSON.stringify(textOf(bytes, start, Math.min(end, start + 80)))}`);
    this.#minorVersion = line.minorVersion;
    this.status = line.status;
  }

  #takeField(bytes: Buffer, start: number, end: number): void {
    const colon = isFieldLine(bytes, start, end);
    if (colon === -1) {
      const line = JSON.stringify(textOf(bytes, start, Math.min(end, start + 80)));
      throw malformed(`the field line ${line}`);
    }
    const nameLength = colon - start;
    if (nameLength === 14 && nameIs(bytes, start, "content-length")) {
      const length = lengthOf(bytes, colon + 1, end);
      if (length === -1 || (this.#length !== -1 && this.#length !== length))
        throw malformed(`Content-Length ${trimmed(bytes, colon + 1, end)}`);
      this.#length = length;
    } else if (nameLength === 10 && nameIs(bytes, start, "connection")) {
      const { closes, keeps } = connectionOf(bytes, colon + 1, end);
      this.#closes ||= closes;
      this.#keeps ||= keeps;
    } else if (nameLength === 17 && nameIs(bytes, start, "transfer-encoding")) {
      const text = trimmed(bytes, colon + 1, end);
      this.#codings = this.#codings === null ? text : `${this.#codings}, ${text}`;
    }
  }

  /** RFC 9112 section 6.3. */
  #beginBody(): void {
    const { status } = this;
    if (status < 200) {
      if (status === 101) throw malformed("status 101, though no upgrade was asked for");
      this.interims += 1;
      this.#beginHead();
      return;
    }
    const mayPersist = !this.#closes && (this.#minorVersion >= 1 || this.#keeps);
    if (this.#isHead || status === 204 || status === 304) {
      this.#state = COMPLETE;
      this.#persists = mayPersist;
    } else if (this.#codings !== null) {
      const isChunked = /(^|[\s,])chunked$/i.test(this.#codings);
      // Usable, but the connection must close after it (section 6.1).
      const isFaulty = this.#minorVersion === 0 || this.#length !== -1;
      this.#state = isChunked ? CHUNK_SIZE : UNTIL_CLOSE;
      this.#persists = isChunked && mayPersist && !isFaulty;
    } else if (this.#length === -1) {
      this.#state = UNTIL_CLOSE;
    } else {
      this.#remaining = this.#length;
      this.#state = this.#length === 0 ? COMPLETE : SIZED;
      this.#persists = mayPersist;
    }
  }
}

function isFold(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

function chunkSize(line: string): number {
  const match = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r]*)?$/.exec(line);
  if (match === null) throw malformed(`the chunk size ${JSON.stringify(line.slice(0, 80))}`);
  return Number.parseInt(match[1] as string, 16);
}

function textOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end);
}

function malformed(what: string): AnswerError {
  return new AnswerError("malformed", `reading a response: ${what} is not HTTP/1.x`);
}
