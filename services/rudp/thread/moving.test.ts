// A NAT gives a peer another port in the middle of a transfer. The connection goes on, because its
// ids identify it.

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { it } from "node:test";
import { fillStream, firstDifference } from "../program/transfer/seeded.ts";
import { Endpoint } from "./endpoint.ts";

const HERE = "127.0.0.1";
const BYTES = 2_000_000;

it("a transfer goes on, both ways, when the peer's port changes", {
  timeout: 20_000,
}, async () => {
  await using endpoint = new Endpoint();
  const connection = { timeWaitMillis: 1 };
  const listener = await endpoint.listenAsync({ address: HERE, connection });
  await using nat = await createNat(listener.port);
  // The server learns a new port only from the client. A client behind a NAT that may have nothing
  // to send probes from time to time.
  const asking = { ...connection, keepAliveMillis: 100 };
  const opening = endpoint.connectAsync(`${HERE}:${nat.port}`, { connection: asking });
  const [client, server] = await Promise.all([opening, listener.acceptAsync()]);

  const data = new Uint8Array(BYTES);
  fillStream(1, 0, data);
  const sending = client.sendAsync(data).then(() => client.end());
  let received = 0;
  for await (const chunk of server) {
    assert.equal(firstDifference(1, received, chunk, chunk.length), -1);
    // From a new port every half megabyte.
    if (Math.floor(received / 500_000) < Math.floor((received + chunk.length) / 500_000)) await nat.rebind();
    received += chunk.length;
  }
  await sending;
  assert.equal(received, BYTES);
  await server.sendAsync(Buffer.from("seen"));
  server.end();
  assert.equal((await client.recvAsync(10))?.toString(), "seen");
  await Promise.all([client.closeAsync(), server.closeAsync()]);
  assert.equal(nat.bindings(), 5);
});

/** Forwards between one client and a port, from a port of its own that the test can change. */
async function createNat(to: number) {
  let clientPort = 0;
  const inside = await bound();
  let outside: Socket;
  let bindings = 0;
  const rebind = async () => {
    const fresh = await bound();
    fresh.on("message", (bytes) => inside.send(bytes, clientPort, HERE));
    outside?.close();
    outside = fresh;
    bindings++;
  };
  await rebind();
  inside.on("message", (bytes, from) => {
    clientPort = from.port;
    outside.send(bytes, to, HERE);
  });
  return {
    port: inside.address().port,
    rebind,
    bindings: () => bindings,
    async [Symbol.asyncDispose]() {
      inside.close();
      outside.close();
    },
  };
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HERE);
  await once(socket, "listening");
  return socket;
}
