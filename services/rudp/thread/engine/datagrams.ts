// A UDP socket as the engine uses it. What is sent lies in a slab that is reused, one slot a datagram of a batch: Node hands each to the kernel
// at once or, for a socket that is not connect()ed, before the next immediate; a backlog (the kernel's buffer is full) is waited for.
// Connecting pays where there is one peer: Node then skips a lookup and a turn of its queue for each datagram (15 % of a send here), and the
// kernel tells of a closed port. A listening port has many peers; sockets of their own on the same port would need SO_REUSEADDR,
// with which another program could take the port unnoticed.

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { RttlabError } from "../../../../lib/errors.ts";
import { DATAGRAM_BYTES } from "../../protocol/wire.ts";
import type { Place } from "./messages.ts";

/** Datagrams sent before those that arrived meanwhile are looked at. */
const BATCH = 64;

/** What the kernel may hold for us, as far as net.core.rmem_max lets it: two windows' worth. */
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

/** Opens a socket at `place`, connected to `peer` if there is one. E_RUDP_PORT with the reason when it cannot. */
export async function openDatagrams(
  place: Place,
  peer: Place | null,
  onDatagram: (bytes: Uint8Array, from: string) => void,
  onUnreachable: () => void,
): Promise<Datagrams> {
  const lookup = (host: string, _options: unknown, done: (error: null, address: string, family: number) => void) =>
    done(null, host, 4);
  const socket = createSocket({ type: "udp4", lookup, recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
  try {
    // With a lookup that answers at once, so may these.
    const isBound = once(socket, "listening");
    socket.bind(place.port, place.address);
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
  const { address, port } = socket.address();
  return {
    socket,
    place: { address, port },
    peer: peer === null ? null : pathOf(peer),
    slots,
    used: 0,
    places: new Map(),
  };
}

/** Begins a batch; false while datagrams of an earlier one wait for the kernel. */
export function beginBatch(d: Datagrams): boolean {
  if (d.used > 0 && d.socket.getSendQueueCount() > 0) return false;
  d.used = 0;
  return true;
}

/** Where the next datagram is to be written, or null when the batch is full. */
export function nextSlot(d: Datagrams): Uint8Array | null {
  return d.used < BATCH ? (d.slots[d.used] as Uint8Array) : null;
}

/** Sends the first `length` bytes of the slot to a path. A datagram that the kernel refuses is lost, as on any link. */
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

/** One peer's datagrams come in runs: its path is made once a run. */
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
