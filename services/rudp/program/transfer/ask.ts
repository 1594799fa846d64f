// The connecting end of a transfer: put, get and talk. Each resolves when all bytes have arrived
// and rejects with the reason otherwise. The caller closes the socket.

import { RttlabError } from "../../../../lib/errors.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { lineOf, protocolError, type Report, type RequestLine, readLine, sendLine } from "./request.ts";
import { answerSeed, checkAgainst, seededStream } from "./seeded.ts";

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Sends `source`; resolves with the peer's count of received bytes. Throws E_RUDP_PEER with the
 * peer's reason when the peer cannot go on.
 */
export async function put(
  socket: RudpSocket,
  source: Chunks,
  { bytes = null, seed = null }: Partial<Pick<RequestLine, "bytes" | "seed">>,
  onSent: (bytes: number) => void = () => {},
): Promise<number> {
  // Not flushed, so that the request shares a segment with the first bytes; alone it would take one
  // segment of the initial window.
  await socket.sendAsync(lineOf({ op: "put", bytes, seed }));
  let refusal: RttlabError | null = null;
  const report = readLine(socket).then(({ line }) => {
    const said = line as Report;
    if ("received" in said) return said.received;
    refusal = new RttlabError("E_RUDP_PEER", `sending to ${socket.peer}: it says ${said.code}: ${said.message}`);
    // The abort wakes a pending sendAsync.
    socket.abort();
    throw refusal;
  });
  report.catch(() => {});
  try {
    // The report arrives first when the peer wants no more, or is gone while the source has nothing
    // to send.
    const sending = sendAll(socket, source, bytes, onSent);
    sending.catch(() => {});
    await Promise.race([sending, report]);
    return await report;
  } catch (error) {
    socket.abort();
    throw refusal ?? error;
  }
}

/** Receives `bytes` of the stream of `seed` and checks them. */
export async function get(
  socket: RudpSocket,
  bytes: number | null,
  seed: number,
  onReceived: (bytes: number) => void = () => {},
): Promise<number> {
  const check = checkAgainst(seed);
  await sendLine(socket, { op: "get", bytes, seed });
  const received = await receiveAll(socket, (chunk) => {
    check(chunk);
    onReceived(chunk.length);
  });
  if (bytes !== null && received !== bytes) throw protocolError(`it sent ${received} of ${bytes} bytes`);
  return received;
}

/** Sends and receives endless streams at once until `isEnough`. Both ends check every byte. */
export async function talk(
  socket: RudpSocket,
  seed: number,
  isEnough: () => boolean,
  on: { sent: (bytes: number) => void; received: (bytes: number) => void },
): Promise<{ sent: number; received: number }> {
  await sendLine(socket, { op: "talk", bytes: null, seed });
  const check = checkAgainst(answerSeed(seed));
  let sent = 0;
  const sending = async () => {
    await sendAll(socket, seededStream(seed, null, isEnough), null, (bytes) => {
      sent += bytes;
      on.sent(bytes);
    });
  };
  const receiving = receiveAll(socket, (chunk) => {
    check(chunk);
    on.received(chunk.length);
  });
  const [, received] = await Promise.all([sending(), receiving]);
  return { sent, received };
}

/** Sends everything. Ends our direction if the request named no length. */
async function sendAll(
  socket: RudpSocket,
  source: Chunks,
  bytes: number | null,
  onSent: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  for await (const chunk of source) {
    await socket.sendAsync(chunk);
    sent += chunk.length;
    onSent(chunk.length);
  }
  if (bytes === null) socket.end();
  else if (sent === bytes) socket.flush();
  else throw new RttlabError("E_RUDP_FILE", `sending to ${socket.peer}: the source had ${sent} of ${bytes} bytes`);
}

async function receiveAll(socket: RudpSocket, take: (chunk: Buffer) => void): Promise<number> {
  let received = 0;
  for await (const chunk of socket) {
    take(chunk);
    received += chunk.length;
  }
  return received;
}
