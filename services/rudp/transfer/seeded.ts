// Streams that both ends know: made by one, checked by the other, byte for byte.

import { RttlabError } from "../../../lib/errors.ts";
import { fillStream, firstDifference } from "../simulation/stream.ts";

const CHUNK_BYTES = 65_536;

/** The stream of a seed, `bytes` long or without end, until `isEnough` says so. Each chunk is used up before the next is asked for. */
export function* seededStream(seed: number, bytes: number | null, isEnough = () => false): Generator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let sent = 0; (bytes === null || sent < bytes) && !isEnough(); sent += CHUNK_BYTES) {
    const length = bytes === null ? CHUNK_BYTES : Math.min(CHUNK_BYTES, bytes - sent);
    fillStream(seed, sent, chunk, length);
    yield chunk.subarray(0, length);
  }
}

/** Checks what comes against the stream of a seed. E_RUDP_CORRUPT names the first byte that differs. */
export function checkAgainst(seed: number): (bytes: Uint8Array) => void {
  let received = 0;
  return (bytes) => {
    const at = firstDifference(seed, received, bytes, bytes.length);
    if (at >= 0) {
      throw new RttlabError("E_RUDP_CORRUPT", `checking a stream: byte ${received + at} is not what was sent`);
    }
    received += bytes.length;
  };
}

/** The stream that answers a `talk`. */
export function answerSeed(seed: number): number {
  return seed + 1;
}
