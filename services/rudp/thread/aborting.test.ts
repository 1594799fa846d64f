// A connection is broken off when the path has lost some of what was sent: the peer cannot take the
// reset at once, and must be answered when it asks (RFC 5961 3.2).

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { it } from "node:test";
import { Endpoint } from "./endpoint.ts";

const HERE = "127.0.0.1";

it("a peer that has not had all data is reset all the same when a connection is broken off", {
  timeout: 10_000,
}, async () => {
  await using endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: HERE });
  await using path = await createPath(listener.port);
  const opening = endpoint.connectAsync(`${HERE}:${path.port}`);
  const [client, server] = await Promise.all([opening, listener.acceptAsync()]);
  path.loseNextFrom(1000);
  await client.sendAsync(new Uint8Array(1000));
  await path.lost;
  client.abort();
  await assert.rejects(server.recvAsync(1), { code: "E_RUDP_RESET" });
});

/** Forwards between one client and a port, and loses one datagram of at least so many bytes. */
async function createPath(to: number) {
  const [inside, outside] = [createSocket("udp4").bind(0, HERE), createSocket("udp4").bind(0, HERE)];
  await Promise.all([once(inside, "listening"), once(outside, "listening")]);
  const { promise: lost, resolve } = Promise.withResolvers<void>();
  let clientPort = 0;
  let lostBytes = Number.POSITIVE_INFINITY;
  inside.on("message", (bytes, { port }) => {
    clientPort = port;
    if (bytes.length < lostBytes) return outside.send(bytes, to, HERE);
    lostBytes = Number.POSITIVE_INFINITY;
    resolve();
  });
  outside.on("message", (bytes) => inside.send(bytes, clientPort, HERE));
  return {
    port: inside.address().port,
    loseNextFrom: (bytes: number) => {
      lostBytes = bytes;
    },
    lost,
    async [Symbol.asyncDispose]() {
      inside.close();
      outside.close();
    },
  };
}
