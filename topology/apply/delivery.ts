// Sinks for a container's output that wait until each piece has been taken, so that a slow reader
// slows the container instead of filling this process's memory. Output that a sink refuses is
// dropped, because the container's end must still be seen.

import { Writable } from "node:stream";

/** For output that is one stream, such as a terminal's. */
export function deliverTo(sink: Writable): Writable {
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void give(sink, chunk).then(() => done()) });
}

/**
 * For Docker's frames: 1 byte of stream, 3 of nothing, 4 of length, then the payload (Engine API,
 * attach).
 */
export function deliverFrames(output: Writable, errors: Writable): Writable {
  let header = Buffer.alloc(0);
  let sink = output;
  let missingBytes = 0;
  const take = async (chunk: Buffer): Promise<void> => {
    for (let rest = chunk; rest.length > 0; ) {
      if (missingBytes > 0) {
        const payload = rest.subarray(0, missingBytes);
        rest = rest.subarray(payload.length);
        missingBytes -= payload.length;
        await give(sink, payload);
        continue;
      }
      const part = rest.subarray(0, HEADER_BYTES - header.length);
      rest = rest.subarray(part.length);
      header = Buffer.concat([header, part]);
      if (header.length < HEADER_BYTES) continue;
      sink = header[0] === STDERR ? errors : output;
      missingBytes = header.readUInt32BE(4);
      header = Buffer.alloc(0);
    }
  };
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void take(chunk).then(() => done()) });
}

const HEADER_BYTES = 8;
const STDERR = 2;

/** Resolves when the sink has taken or refused the piece. */
function give(sink: Writable, piece: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  sink.write(piece, () => resolve());
  return promise;
}
