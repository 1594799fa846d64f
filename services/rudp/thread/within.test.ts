// Blocking calls that wait for so long at most, and connections that another thread takes over:
// what a server needs whose threads look at their deadlines between waits.

import assert from "node:assert/strict";
import { after, it } from "node:test";
import { receiveMessageOnPort } from "node:worker_threads";
import { Endpoint } from "./endpoint.ts";
import { type RudpHandle, socketAt } from "./socket.ts";

const endpoint = new Endpoint();
after(() => endpoint.closeAsync());
const listener = await endpoint.listenAsync({ address: "127.0.0.1", connection: { coalesce: false } });
const target = `127.0.0.1:${listener.port}`;
const connection = { coalesce: false, timeWaitMillis: 0 };

it("nothing comes within a time in which the peer does nothing, and then what it sent does", async () => {
  assert.equal(listener.acceptWithin(20), undefined);
  const client = await endpoint.connectAsync(target, { connection });
  const served = listener.acceptWithin(10_000) ?? assert.fail("nobody came");
  assert.equal(served.recvWithin(100, 20), undefined);
  client.send(Buffer.from("here"));
  assert.equal(served.recvWithin(100, 10_000)?.toString(), "here");
  client.end();
  assert.equal(served.recvWithin(100, 10_000), null);
  served.end();
  await client.closeAsync();
});

it("a peer that reads nothing leaves no room, and what was queued until then arrives whole", async () => {
  const client = await endpoint.connectAsync(target, { connection });
  const served = await listener.acceptAsync();
  const piece = Buffer.alloc(1_000_003, "0123456789");
  let queued = 0;
  for (let taken = piece.length; taken === piece.length; queued += taken) taken = served.sendWithin(piece, 300);
  served.end();
  let received = 0;
  for await (const { length } of client) received += length;
  assert.equal(received, queued);
});

it("a connection goes on where its handle is, in a message or not", async () => {
  const client = await endpoint.connectAsync(target, { connection });
  const served = await listener.acceptAsync();
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(served.handle);
  const { message } = receiveMessageOnPort(port2) as { message: RudpHandle };
  const taken = socketAt(message);
  assert.equal(taken.peer, served.peer);
  taken.send(Buffer.from("moved"));
  assert.equal((await client.recvAsync(100))?.toString(), "moved");
  taken.abort();
  await assert.rejects(client.recvAsync(1), { code: "E_RUDP_RESET" });
  port1.close();
});
