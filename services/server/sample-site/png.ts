// A PNG image from its pixels (PNG specification, third edition, sections 5, 9 and 11): 8-bit RGB,
// one IDAT.

import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BYTES_PER_PIXEL = 3;

/**
 * The file of an image; `pixels` are rows of RGB from the top. Throws RangeError if they are not
 * width × height.
 */
export function encodePng(width: number, height: number, pixels: Buffer): Buffer {
  const rowBytes = width * BYTES_PER_PIXEL;
  if (pixels.length !== rowBytes * height) throw new RangeError("encoding a PNG: the pixels do not fill the image");
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((rowBytes + 1) * height);
  for (let row = 0; row < height; row++) {
    pixels.copy(rows, row * (rowBytes + 1) + 1, row * rowBytes, (row + 1) * rowBytes);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    // Stored without compression, because zlib's output for the same pixels differs between
    // versions and processors.
    chunk("IDAT", deflateSync(rows, { level: 0 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, check]);
}
