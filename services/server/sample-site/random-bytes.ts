// Incompressible bytes, the same for a seed everywhere: AES-128 in counter mode over zeros (NIST SP
// 800-38A section 6.5).

import { createCipheriv } from "node:crypto";

/** `length` bytes; `seed` and `stream` (both 0 to 2^32 - 1) choose which. */
export function randomBytes(length: number, seed: number, stream: number): Buffer {
  const key = Buffer.alloc(16);
  key.writeUInt32BE(seed, 0);
  key.writeUInt32BE(stream, 4);
  return createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
