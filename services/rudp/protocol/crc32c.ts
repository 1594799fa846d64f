// CRC32C (Castagnoli, polynomial 0x1EDC6F41, reflected 0x82F63B78; RFC 3720 section B.4 has test
// vectors), by tables of eight bytes per step. At these lengths its Hamming distance is larger than
// that of zlib's CRC-32, and UDP's own 16-bit sum misses swapped words.

const TABLES = buildTables();

/**
 * Extends a checksum by `bytes[start..end)`. Start with 0, and pass a returned value to continue
 * from there, so that a field in the middle can be skipped. The result is an unsigned 32-bit
 * number.
 */
export function crc32c(bytes: Uint8Array, start: number, end: number, previous = 0): number {
  const t = TABLES;
  let crc = ~previous;
  let i = start;
  for (; i + 8 <= end; i += 8) {
    crc =
      (t[1792 + (((bytes[i] as number) ^ crc) & 255)] as number) ^
      (t[1536 + (((bytes[i + 1] as number) ^ (crc >>> 8)) & 255)] as number) ^
      (t[1280 + (((bytes[i + 2] as number) ^ (crc >>> 16)) & 255)] as number) ^
      (t[1024 + ((bytes[i + 3] as number) ^ (crc >>> 24))] as number) ^
      (t[768 + (bytes[i + 4] as number)] as number) ^
      (t[512 + (bytes[i + 5] as number)] as number) ^
      (t[256 + (bytes[i + 6] as number)] as number) ^
      (t[bytes[i + 7] as number] as number);
  }
  for (; i < end; i++) crc = (t[((bytes[i] as number) ^ crc) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Table k at offset 256·k: the checksum of one byte followed by k zero bytes. */
function buildTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const shorter = tables[i - 256] as number;
    tables[i] = (tables[shorter & 255] as number) ^ (shorter >>> 8);
  }
  return tables;
}
