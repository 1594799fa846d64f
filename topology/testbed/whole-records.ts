// Cuts a capture that arrives in pieces at the ends of its records, so that what was written is a
// whole file at any moment. pcap-savefile(5): a header of 24 bytes, then records, each with 16
// bytes of its own header, in which the captured length is the third number.

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const LENGTH_AT = 8;

export interface WholeRecords {
  /**
   * The octets that complete the records up to this piece, and no record that exceeds the bound.
   */
  take(piece: Buffer): Buffer;
  packets(): number;
  bytes(): number;
  /** Whether a record was left out, and with it all later ones. */
  isFull(): boolean;
}

/** The bound is of the whole file, its header included. */
export function wholeRecords(mostBytes: number): WholeRecords {
  let rest: Buffer = Buffer.alloc(0);
  let [packets, bytes, isFull] = [0, 0, false];
  return {
    take(piece) {
      if (isFull) return Buffer.alloc(0);
      const held = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      let end = 0;
      for (;;) {
        const length = nextLength(held, end, bytes + end === 0);
        if (length === null || end + length > held.length) break;
        isFull = bytes + end + length > mostBytes;
        if (isFull) break;
        if (bytes + end > 0) packets += 1;
        end += length;
      }
      bytes += end;
      rest = isFull ? Buffer.alloc(0) : held.subarray(end);
      return held.subarray(0, end);
    },
    packets: () => packets,
    bytes: () => bytes,
    isFull: () => isFull,
  };
}

/** null: not enough has arrived to know it. */
function nextLength(held: Buffer, at: number, isFirst: boolean): number | null {
  if (isFirst) return FILE_HEADER_BYTES;
  return held.length < at + RECORD_HEADER_BYTES ? null : RECORD_HEADER_BYTES + held.readUInt32LE(at + LENGTH_AT);
}
