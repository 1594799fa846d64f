// The answer to GET and HEAD for an existing representation: whole, a range, several ranges, or
// none of it (RFC 9110 sections 13 to 15).

import { isConditional, precondition, rangeHolds, type Validators } from "./conditional.ts";
import { combinedField, type Request } from "./message.ts";
import { type ByteRange, selectRanges } from "./ranges.ts";

/** A representation's description, without its content. */
export interface Description extends Validators {
  length: number;
  contentType: string;
  /** Header lines of every answer about it except Content-Type: validators, Accept-Ranges. */
  fields: string;
}

/**
 * An answer whose content is still to be fetched: octets as they are, ranges from the
 * representation.
 */
export interface Outline {
  status: 200 | 206 | 304 | 412 | 416;
  /** Header lines, including Content-Length if there is one. */
  fields: string;
  content: (Buffer | ByteRange)[];
}

/** The plain answer: everything. */
export function wholeOutline({ length, contentType, fields }: Description): Outline {
  return {
    status: 200,
    fields: `Content-Type: ${contentType}\r\n${fields}Content-Length: ${length}\r\n`,
    content: [{ start: 0, end: length }],
  };
}

/**
 * The answer to a request after its preconditions and ranges. `boundary` returns a delimiter that
 * no content contains.
 */
export function outline(
  request: Request,
  description: Description,
  nowMillis: number,
  boundary: () => string,
): Outline {
  if (!isConditional(request)) return wholeOutline(description);
  const outcome = precondition(request, description, nowMillis);
  if (outcome === 304) return { status: 304, fields: description.fields, content: [] };
  if (outcome === 412) return { status: 412, fields: "Content-Length: 0\r\n", content: [] };
  const range = request.method === "GET" ? combinedField(request, "range") : undefined;
  if (range === undefined || !rangeHolds(request, description, nowMillis)) return wholeOutline(description);
  const ranges = selectRanges(range, description.length);
  if (ranges === null) return wholeOutline(description);
  if (ranges === "unsatisfiable") return unsatisfiable(description);
  const [first, ...others] = ranges as [ByteRange, ...ByteRange[]];
  return others.length === 0 ? onePart(description, first) : manyParts(description, ranges, boundary());
}

function unsatisfiable({ length }: Description): Outline {
  return { status: 416, fields: `Content-Range: bytes */${length}\r\nContent-Length: 0\r\n`, content: [] };
}

function onePart(description: Description, range: ByteRange): Outline {
  const { contentType, fields } = description;
  const length = `Content-Length: ${range.end - range.start}\r\n`;
  return {
    status: 206,
    fields: `Content-Type: ${contentType}\r\n${fields}${contentRange(range, description)}${length}`,
    content: [range],
  };
}

/** multipart/byteranges (section 14.6): each part with its own type and place. */
function manyParts(description: Description, ranges: ByteRange[], boundary: string): Outline {
  const content: (Buffer | ByteRange)[] = [];
  let length = 0;
  const append = (piece: Buffer | ByteRange) => {
    content.push(piece);
    length += Buffer.isBuffer(piece) ? piece.length : piece.end - piece.start;
  };
  for (const range of ranges) {
    const partHead = `Content-Type: ${description.contentType}\r\n${contentRange(range, description)}\r\n`;
    append(Buffer.from(`\r\n--${boundary}\r\n${partHead}`, "latin1"));
    append(range);
  }
  append(Buffer.from(`\r\n--${boundary}--\r\n`));
  const type = `Content-Type: multipart/byteranges; boundary=${boundary}\r\n`;
  return { status: 206, fields: `${type}${description.fields}Content-Length: ${length}\r\n`, content };
}

function contentRange({ start, end }: ByteRange, { length }: Description): string {
  return `Content-Range: bytes ${start}-${end - 1}/${length}\r\n`;
}
