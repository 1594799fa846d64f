// Capture files of TCP connections, made octet by octet, as pcap-savefile(5) has them.

import { Buffer } from "node:buffer";

const [FIN, SYN, ACK] = [1, 2, 16];
const CLIENT = { address: [10, 0, 1, 10], port: 40_000 };
const SERVER = { address: [10, 0, 2, 10], port: 80 };

export interface Sent {
  millis: number;
  from: typeof CLIENT;
  flags: number;
  sequence: number;
  acknowledgement?: number;
  bytes?: number;
  id?: number;
}

/** A record without its payload, as tcpdump writes it with `-s 54`. */
function record({ millis, from, flags, sequence, acknowledgement = 0, bytes = 0, id = 0 }: Sent): Buffer {
  const to = from === CLIENT ? SERVER : CLIENT;
  const frame = Buffer.alloc(54);
  frame.writeUInt16BE(0x0800, 12);
  frame.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, ...from.address, ...to.address], 14);
  frame.writeUInt16BE(40 + bytes, 16);
  frame.writeUInt16BE(id, 18);
  frame.writeUInt16BE(from.port, 34);
  frame.writeUInt16BE(to.port, 36);
  frame.writeUInt32BE(sequence >>> 0, 38);
  frame.writeUInt32BE(acknowledgement >>> 0, 42);
  frame.set([0x50, flags], 46);
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Math.floor(millis / 1000), 0);
  head.writeUInt32LE((millis % 1000) * 1e6, 4);
  head.writeUInt32LE(frame.length, 8);
  head.writeUInt32LE(14 + 40 + bytes, 12);
  return Buffer.concat([head, frame]);
}

/** Of both ends over 100 ms: 50 bytes ask for 2000, after which the server closes. */
export function exchange(begin = 0, client = 7, server = 9000): { ofClient: Sent[]; ofServer: Sent[] } {
  const sent = (from: typeof CLIENT) => (millis: number, flags: number, rest: Partial<Sent>) => {
    return { millis: begin + millis, from, flags, sequence: from === CLIENT ? client : server, ...rest };
  };
  const [c, s] = [sent(CLIENT), sent(SERVER)];
  return {
    ofClient: [
      c(0, SYN, {}),
      c(100, ACK, { sequence: client + 1, acknowledgement: server + 1, id: 1 }),
      c(101, ACK, { sequence: client + 1, acknowledgement: server + 1, bytes: 50, id: 2 }),
      c(202, ACK, { sequence: client + 51, acknowledgement: server + 1001, id: 3 }),
      c(210, ACK, { sequence: client + 51, acknowledgement: server + 2001, id: 4 }),
      c(220, ACK | FIN, { sequence: client + 51, acknowledgement: server + 2002, id: 5 }),
    ],
    ofServer: [
      s(50, SYN | ACK, { acknowledgement: client + 1 }),
      s(152, ACK, { sequence: server + 1, acknowledgement: client + 51, bytes: 1000, id: 1 }),
      s(160, ACK, { sequence: server + 1001, acknowledgement: client + 51, bytes: 1000, id: 2 }),
      s(161, ACK | FIN, { sequence: server + 2001, acknowledgement: client + 51, id: 3 }),
      s(270, ACK, { sequence: server + 2002, acknowledgement: client + 52, id: 4 }),
    ],
  };
}

/** A file of these packets; its header is not read. */
export function captureOf(packets: readonly Sent[]): Buffer {
  return Buffer.concat([Buffer.alloc(24), ...packets.map(record)]);
}
