// Several UDP sockets of Linux on one port, as node:dgram takes them over.

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { it } from "node:test";

const HERE = "127.0.0.1";
const skip = process.platform !== "linux" && "it needs Linux";

it("sockets on one port share its peers, and each peer reaches the same one again", { skip }, async () => {
  const { duplicate, sharePort } = await import("./shared-port.ts");
  const { port, descriptors, close } = sharePort(HERE, 0, 2);
  const sockets = await Promise.all(descriptors.map((descriptor) => bound({ fd: duplicate(descriptor) })));
  close();
  const reached = new Map<number, Set<number>>();
  const answered = new EventTarget();
  for (const [at, socket] of sockets.entries()) {
    socket.on("message", (_, from) => {
      reached.set(from.port, (reached.get(from.port) ?? new Set()).add(at));
      answered.dispatchEvent(new Event("answered"));
    });
  }
  // By chance all go to one socket once in 2^31 times.
  const peers = await Promise.all(Array.from({ length: 32 }, () => bound({ port: 0, address: HERE })));
  for (let round = 0; round < 3; round++) {
    for (const peer of peers) {
      peer.send("a", port, HERE);
      await once(answered, "answered");
    }
  }
  assert.equal(reached.size, peers.length);
  assert.ok([...reached.values()].every(({ size }) => size === 1));
  assert.equal(new Set([...reached.values()].flatMap((all) => [...all])).size, 2);
  for (const socket of [...sockets, ...peers]) socket.close();
});

it("a port that somebody has alone is not shared", { skip }, async () => {
  const { sharePort } = await import("./shared-port.ts");
  const taken = await bound({ port: 0, address: HERE });
  assert.throws(() => sharePort(HERE, taken.address().port, 2), /EADDRINUSE/);
  taken.close();
});

async function bound(where: { fd: number } | { port: number; address: string }): Promise<Socket> {
  const socket = createSocket("udp4");
  const listening = once(socket, "listening");
  socket.bind(where);
  await listening;
  return socket;
}
