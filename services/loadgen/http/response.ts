// Reads HTTP/1.x responses from bytes in arbitrary pieces, without sockets or time (RFC 9112). It
// shares nothing with services/server, so that a mistake of one cannot hide in the other. Bodies
// are counted and not kept.

export interface ResponseHead {
  status: number;
  /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
  minorVersion: number;
  /** Values by lower-case name, in the order of arrival. */
  fields: Map<string, string[]>;
  /** Name of the field that arrived last, which a folded line continues. */
  lastField: string | null;
}

/** The bytes are no response (`malformed`), or ended too early (`short`). */
export class ResponseError extends Error {
  readonly kind: "malformed" | "short";

  constructor(kind: "malformed" | "short", message: string) {
    super(message);
    this.kind = kind;
  }
}

type State =
  | "status"
  | "fields"
  | "sized"
  | "untilClose"
  | "chunkSize"
  | "chunk"
  | "chunkEnd"
  | "trailers"
  | "complete";

const MAX_HEAD_BYTES = 64 * 1024;
const LF = 10;

/** Reads the response to one GET. */
export class ResponseReader {
  head: ResponseHead | null = null;
  bodyBytes = 0;
  /** Interim responses (1xx) so far. */
  interims = 0;
  #state: State = "status";
  #line = "";
  #headBytes = 0;
  #remaining = 0;
  #persistent = false;
  readonly #takePiece: (piece: Uint8Array) => void;

  /** `takePiece` receives the body as it arrives, without its framing. */
  constructor(takePiece: (piece: Uint8Array) => void = () => {}) {
    this.#takePiece = takePiece;
  }

  get complete(): boolean {
    return this.#state === "complete";
  }

  /** Whether part of a response has arrived, apart from completed interim ones. */
  get begun(): boolean {
    return this.#state !== "status" || this.#line !== "";
  }

  /**
   * Whether the connection may carry another request after this response (RFC 9112 section 9.3).
   */
  get persistent(): boolean {
    return this.complete && this.#persistent;
  }

  /**
   * Takes arriving bytes; returns how many belong to this response. Throws ResponseError if they
   * are none.
   */
  feed(bytes: Uint8Array): number {
    let at = 0;
    while (at < bytes.length && !this.complete) {
      at = this.#inBody() ? this.#takeBody(bytes, at) : this.#takeLine(bytes, at);
    }
    return at;
  }

  /** The connection ended. Throws ResponseError if the response is incomplete. */
  end(): void {
    if (this.#state === "untilClose") this.#state = "complete";
    if (this.complete) return;
    const where = this.head === null ? "in the head" : `after ${this.bodyBytes} bytes of the body`;
    throw new ResponseError("short", `the connection ended ${where}`);
  }

  #inBody(): boolean {
    return this.#state === "sized" || this.#state === "untilClose" || this.#state === "chunk";
  }

  #takeBody(bytes: Uint8Array, at: number): number {
    const available = bytes.length - at;
    const taken = this.#state === "untilClose" ? available : Math.min(available, this.#remaining);
    this.bodyBytes += taken;
    if (taken > 0) this.#takePiece(bytes.subarray(at, at + taken));
    this.#remaining -= taken;
    if (this.#remaining === 0 && this.#state === "sized") this.#state = "complete";
    if (this.#remaining === 0 && this.#state === "chunk") this.#state = "chunkEnd";
    return at + taken;
  }

  #takeLine(bytes: Uint8Array, at: number): number {
    const end = bytes.indexOf(LF, at);
    const next = end === -1 ? bytes.length : end + 1;
    this.#headBytes += next - at;
    if (this.#headBytes > MAX_HEAD_BYTES) throw malformed(`more than ${MAX_HEAD_BYTES} bytes of head or chunk sizes`);
    this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, next - at).toString("latin1");
    if (end === -1) return next;
    const line = this.#line.replace(/\r?\n$/, "");
    this.#line = "";
    this.#interpret(line);
    return next;
  }

  #interpret(line: string): void {
    if (line.includes("\r")) throw malformed("a bare CR");
    switch (this.#state) {
      case "status":
        this.head = parseStatusLine(line);
        this.#state = "fields";
        break;
      case "fields":
        if (line === "") this.#beginBody(this.head as ResponseHead);
        else addField(this.head as ResponseHead, line);
        break;
      case "chunkSize":
        this.#remaining = parseChunkSize(line);
        this.#state = this.#remaining === 0 ? "trailers" : "chunk";
        this.#headBytes = 0;
        break;
      case "chunkEnd":
        if (line !== "") throw malformed("a chunk longer than its size");
        this.#state = "chunkSize";
        break;
      case "trailers":
        if (line === "") this.#state = "complete";
        break;
    }
  }

  #beginBody(head: ResponseHead): void {
    if (head.status >= 100 && head.status < 200) {
      if (head.status === 101) throw malformed("status 101, though no upgrade was asked for");
      this.head = null;
      this.interims += 1;
      this.#state = "status";
      return;
    }
    const framing = bodyFraming(head);
    this.#persistent = framing.length !== "untilClose" && persists(head) && !framing.faulty;
    this.#remaining = typeof framing.length === "number" ? framing.length : 0;
    if (framing.length === "chunked") this.#state = "chunkSize";
    else if (framing.length === "untilClose") this.#state = "untilClose";
    else this.#state = framing.length === 0 ? "complete" : "sized";
  }
}

/** RFC 9112 section 6.3. `faulty`: usable, but the connection must close after it (section 6.1). */
function bodyFraming(head: ResponseHead): { length: number | "chunked" | "untilClose"; faulty: boolean } {
  if (head.status === 204 || head.status === 304) return { length: 0, faulty: false };
  const codings = listOf(head, "transfer-encoding");
  const lengths = listOf(head, "content-length");
  if (codings.length > 0) {
    const chunked = codings.at(-1)?.toLowerCase() === "chunked";
    return { length: chunked ? "chunked" : "untilClose", faulty: head.minorVersion === 0 || lengths.length > 0 };
  }
  if (lengths.length === 0) return { length: "untilClose", faulty: false };
  const [first = ""] = lengths;
  if (!/^\d{1,15}$/.test(first) || lengths.some((length) => length !== first)) {
    throw malformed(`Content-Length ${lengths.join(", ")}`);
  }
  return { length: Number(first), faulty: false };
}

function persists(head: ResponseHead): boolean {
  const options = listOf(head, "connection").map((option) => option.toLowerCase());
  if (options.includes("close")) return false;
  return head.minorVersion >= 1 || options.includes("keep-alive");
}

function parseStatusLine(line: string): ResponseHead {
  const match = /^HTTP\/1\.(\d) ([1-5]\d\d)(?: .*)?$/.exec(line);
  if (match === null) throw malformed(`the status line ${JSON.stringify(line.slice(0, 80))}`);
  return { status: Number(match[2]), minorVersion: Number(match[1]), fields: new Map(), lastField: null };
}

function addField(head: ResponseHead, line: string): void {
  if (/^[ \t]/.test(line)) {
    continueField(head, line);
    return;
  }
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
  if (match === null) throw malformed(`the field line ${JSON.stringify(line.slice(0, 80))}`);
  const name = (match[1] as string).toLowerCase();
  const values = head.fields.get(name);
  if (values === undefined) head.fields.set(name, [match[2] as string]);
  else values.push(match[2] as string);
  head.lastField = name;
}

/** A folded line, which a client replaces by a space (RFC 9112 section 5.2). */
function continueField(head: ResponseHead, line: string): void {
  const values = head.fields.get(head.lastField ?? "");
  if (values === undefined) throw malformed("a folded line before any field");
  values.push(`${values.pop()} ${line.trim()}`);
}

function parseChunkSize(line: string): number {
  const match = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?$/.exec(line);
  if (match === null) throw malformed(`the chunk size ${JSON.stringify(line.slice(0, 80))}`);
  return Number.parseInt(match[1] as string, 16);
}

function listOf(head: ResponseHead, name: string): string[] {
  const values = head.fields.get(name) ?? [];
  return values.flatMap((value) => value.split(",")).map((value) => value.trim());
}

function malformed(what: string): ResponseError {
  return new ResponseError("malformed", `reading a response: ${what} is not HTTP/1.x`);
}
