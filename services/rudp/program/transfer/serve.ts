// The accepting end of a transfer: performs the request and reports the outcome.

import { RttlabError } from "../../../../lib/errors.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { checkRequest, protocolError, type RequestLine, readLine, sendLine } from "./request.ts";
import { answerSeed, checkAgainst, seededStream } from "./seeded.ts";

/**
 * Destination of a `put`. `finish` resolves when the bytes are stored; `discard` removes a partial
 * file.
 */
export interface Destination {
  write(bytes: Uint8Array): Promise<void> | void;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Outcome of a transfer, as the serving end saw it. */
export interface Served extends RequestLine {
  sent: number;
  received: number;
}

/**
 * Serves one connection to its end. Rejects with the failure, after a report or a reset has
 * informed the peer.
 */
export async function serveTransfer(
  socket: RudpSocket,
  destination: (request: RequestLine) => Destination,
): Promise<Served> {
  try {
    const { line, rest } = await readLine(socket);
    const request = checkRequest(line);
    const served = { ...request, sent: 0, received: 0 };
    if (request.op === "put") served.received = await take(socket, request, rest, destination(request));
    if (request.op === "get") served.sent = await give(socket, request.seed ?? 0, request.bytes);
    if (request.op === "talk") {
      const received = check(socket, rest, checkAgainst(request.seed ?? 0));
      let isOver = false;
      const ended = received.finally(() => {
        isOver = true;
      });
      ended.catch(() => socket.abort());
      served.sent = await give(socket, answerSeed(request.seed ?? 0), null, () => isOver);
      served.received = await ended;
    }
    socket.end();
    await socket.closeAsync();
    return served;
  } catch (error) {
    socket.abort();
    throw error;
  }
}

async function take(
  socket: RudpSocket,
  { bytes, seed }: RequestLine,
  rest: Buffer,
  destination: Destination,
): Promise<number> {
  const verify = seed === null ? () => {} : checkAgainst(seed);
  try {
    let received = 0;
    for (let chunk: Buffer | null = rest; chunk !== null; chunk = await socket.recvAsync(65_536)) {
      verify(chunk);
      await destination.write(chunk);
      received += chunk.length;
      if (received === bytes) break;
    }
    if (bytes !== null && received !== bytes) throw protocolError(`${received} bytes came of ${bytes}`);
    await destination.finish();
    await sendLine(socket, { received });
    return received;
  } catch (error) {
    await destination.discard();
    await complain(socket, error);
    throw error;
  }
}

/**
 * Reports to the sender why its bytes are refused, and waits until it has stopped. Without the wait
 * the sender would see only a reset.
 */
async function complain(socket: RudpSocket, error: unknown): Promise<void> {
  const { code, message } = error instanceof RttlabError ? error : new RttlabError("E_RUDP_FILE", String(error));
  await sendLine(socket, { code, message })
    .then(() => socket.closeAsync())
    .catch(() => {});
}

async function give(socket: RudpSocket, seed: number, bytes: number | null, isEnough?: () => boolean): Promise<number> {
  let sent = 0;
  for (const chunk of seededStream(seed, bytes, isEnough)) {
    await socket.sendAsync(chunk);
    sent += chunk.length;
  }
  return sent;
}

async function check(socket: RudpSocket, rest: Buffer, verify: (bytes: Uint8Array) => void): Promise<number> {
  let received = 0;
  for (let chunk: Buffer | null = rest; chunk !== null; chunk = await socket.recvAsync(65_536)) {
    verify(chunk);
    received += chunk.length;
  }
  return received;
}

/** Discards measured streams. */
export const NOWHERE: Destination = { write() {}, async finish() {}, async discard() {} };
