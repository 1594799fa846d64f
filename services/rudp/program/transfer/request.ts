// The protocol between two RUDP applications of this project. The connecting end sends a line of
// JSON, its request. Bytes follow, and if the accepting end receives them, it answers with a line,
// its report. The accepting end closes first, so that TIME-WAIT is at the end that stays.
//
//   put   -> request, bytes          <- report            a file, or a measured stream upwards
//   get   -> request                 <- bytes             the same downwards
//   talk  -> request, seeded stream  <- seeded stream     until the connecting end stops; both ends
//                                                         check every byte

import { type Problem, RttlabError } from "../../../../lib/errors.ts";
import { oneOf, orNull, whole } from "../../../../lib/fields/kinds.ts";
import { type Fields, readObject } from "../../../../lib/fields/read.ts";
import type { RudpSocket } from "../../thread/socket.ts";

export interface RequestLine {
  op: "put" | "get" | "talk";
  /** How many bytes follow; null: until the sender ends. */
  bytes: number | null;
  /** Seed of the stream that the bytes must match (seeded.ts); null for a file. */
  seed: number | null;
}

/** The receiver's answer to a `put`: it has everything, or it cannot go on. */
export type Report = { received: number } | { code: string; message: string };

const LONGEST_LINE = 4096;
const READ_BYTES = 65_536;

export async function sendLine(socket: RudpSocket, line: RequestLine | Report): Promise<void> {
  await socket.sendAsync(lineOf(line));
  socket.flush();
}

export function lineOf(line: RequestLine | Report): Buffer {
  return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** Reads the first line, and the bytes that arrived with it. */
export async function readLine(socket: RudpSocket): Promise<{ line: unknown; rest: Buffer }> {
  let text = Buffer.alloc(0);
  for (;;) {
    const bytes = await socket.recvAsync(READ_BYTES);
    if (bytes === null) throw protocolError("it ended before a whole line");
    text = Buffer.concat([text, bytes]);
    const end = text.indexOf("\n");
    if (end >= 0) return { line: parsed(text.subarray(0, end).toString()), rest: text.subarray(end + 1) };
    if (text.length > LONGEST_LINE) throw protocolError(`no line ends in its first ${LONGEST_LINE} bytes`);
  }
}

const WHOLE = whole(0, Number.MAX_SAFE_INTEGER, "a whole number, or null");
const FIELDS: Fields<RequestLine> = {
  op: oneOf("put", "get", "talk"),
  bytes: orNull(WHOLE),
  seed: orNull(WHOLE),
};

/** Reads a request. Throws E_RUDP_PROTOCOL with every problem. */
export function checkRequest(line: unknown): RequestLine {
  const { values, problems } = readObject(FIELDS, line);
  if (problems.length > 0) throw protocolError("the request is not one", problems);
  return values;
}

export function protocolError(reason: string, problems: readonly Problem[] = []): RttlabError {
  return new RttlabError("E_RUDP_PROTOCOL", `understanding the peer: ${reason}`, { problems });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new RttlabError("E_RUDP_PROTOCOL", "understanding the peer: its line is not JSON", { cause });
  }
}
