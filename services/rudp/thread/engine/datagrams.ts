// A UDP socket as the engine uses it. A batch of datagrams lies in a reusable slab, one slot each.
// Node hands each datagram to the kernel at once or, if the socket is not connected, before the
// next immediate. When the kernel's buffer is full, the engine waits. A port with a single peer is
// connected: Node then skips a look-up and a turn of its queue per datagram (15 % of a send,
// measured), and the kernel reports a closed port. A listening port has many peers, and further
// sockets on its port would need SO_REUSEADDR, which would let another program take the port
// unnoticed.

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { RttlabError } from "../../../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../protocol/wire.ts";
import type { OwnPlace, Place } from "./messages.ts";

/** Size of a batch. After it, the engine looks at what has arrived meanwhile. */
const BATCH = 64;

/** Kernel buffer size, as far as net.core.rmem_max allows: two windows. */
const BUFFER_BYTES = 4 * 2 ** 20;

export interface Datagrams {
  readonly socket: Socket;
  readonly place: Place;
  /** null: not connected. */
  readonly peer: string | null;
  readonly slots: readonly Uint8Array[];
  used: number;
  readonly places: Map<string, Place>;
}

/**
 * Opens a socket at `place`, connected to `peer` if there is one. Throws E_RUDP_PORT with the
 * reason.
 */
export async function openDatagrams(
  place: OwnPlace,
  peer: Place | null,
  onDatagram: (bytes: Uint8Array, from: string) => void,
  onUnreachable: () => void,
): Promise<Datagrams> {
  const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) =>
    done(null, host, 4);
  const socket = createSocket({ type: "udp4", lookup, recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
  try {
    // With a look-up that answers at once, unconnected sends reach the kernel as early.
    const isBound = once(socket, "listening");
    const { port, address, descriptor } = place;
    socket.bind(descriptor === undefined ? { port, address } : { fd: descriptor });
    await isBound;
    if (peer !== null) {
      const isConnected = once(socket, "connect");
      socket.connect(peer.port, peer.address);
      await isConnected;
    }
  } catch (cause) {
    socket.close();
    throw portError(place, cause as NodeJS.ErrnoException);
  }
  const nameOf = peer === null ? pathReader() : () => pathOf(peer);
  socket.on("message", (bytes, from) => onDatagram(bytes, nameOf(from)));
  socket.on("error", onUnreachable);
  const slab = new Uint8Array(BATCH * DATAGRAM_BYTES);
  const slots = Array.from({ length: BATCH }, (_, i) => slab.subarray(i * DATAGRAM_BYTES, (i + 1) * DATAGRAM_BYTES));
  return {
    socket,
    place: socket.address(),
    peer: peer === null ? null : pathOf(peer),
    slots,
    used: 0,
    places: new Map(),
  };
}

/** Begins a batch; false while the kernel still holds datagrams of an earlier one. */
export function beginBatch(d: Datagrams): boolean {
  if (d.used > 0 && d.socket.getSendQueueCount() > 0) return false;
  d.used = 0;
  return true;
}

/** Where to write the next datagram, or null when the batch is full. */
export function nextSlot(d: Datagrams): Uint8Array | null {
  return d.used < BATCH ? (d.slots[d.used] as Uint8Array) : null;
}

/**
 * Sends the first `length` bytes of the slot to a path. A datagram that the kernel refuses counts
 * as lost, as on any link.
 */
export function sendSlot(d: Datagrams, length: number, to: string): void {
  const slot = d.slots[d.used++] as Uint8Array;
  if (d.peer !== null) {
    d.socket.send(slot, 0, length);
    return;
  }
  const { address, port } = placeOf(d, to);
  d.socket.send(slot, 0, length, port, address);
}

export function pathOf({ address, port }: Place): string {
  return `${address}:${port}`;
}

/** Datagrams of one peer arrive in runs, so the path is built once per run. */
function pathReader(): (from: RemoteInfo) => string {
  let last: Place = { address: "", port: 0 };
  let path = "";
  return (from) => {
    if (from.port !== last.port || from.address !== last.address) {
      last = from;
      path = pathOf(from);
    }
    return path;
  };
}

const MOST_PLACES = 4096;

function placeOf(d: Datagrams, path: string): Place {
  const known = d.places.get(path);
  if (known !== undefined) return known;
  const at = path.lastIndexOf(":");
  const place = { address: path.slice(0, at), port: Number(path.slice(at + 1)) };
  if (d.places.size >= MOST_PLACES) d.places.clear();
  d.places.set(path, place);
  return place;
}

function portError(place: Place, cause: NodeJS.ErrnoException): RttlabError {
  const reasons: Record<string, string> = {
    EADDRINUSE: "another program has the port",
    EADDRNOTAVAIL: "this machine has no such address",
    EACCES: "ports below 1024 need a privilege here",
    ENETUNREACH: "there is no route to the peer",
  };
  const reason = reasons[cause.code ?? ""] ?? cause.message;
  return new RttlabError("E_RUDP_PORT", `opening UDP port ${pathOf(place)}: ${reason}`, { cause });
}
