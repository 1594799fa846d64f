// The numbers of a connection as its application reads them, beside a slow reader.

import assert from "node:assert/strict";
import { it } from "node:test";
import { Endpoint } from "./endpoint.ts";

it("the numbers of a connection are the last ones as soon as a slow reader has read to the end", async () => {
  await using endpoint = new Endpoint();
  const connection = { timeWaitMillis: 50 };
  const listener = await endpoint.listenAsync({ address: "127.0.0.1", connection });
  const opening = endpoint.connectAsync(`127.0.0.1:${listener.port}`, { connection });
  const [client, server] = await Promise.all([opening, listener.acceptAsync()]);
  // More than the ring holds: the rest waits in the receive queue when both ends are done.
  const bytes = 400_000;
  const sending = server.sendAsync(new Uint8Array(bytes)).then(() => server.end());
  client.end();
  assert.equal(await client.over(), null);
  let read = 0;
  for await (const chunk of client) read += chunk.length;
  assert.equal(read, bytes);
  assert.equal(client.numbers().dataBytesDelivered, bytes);
  await sending;
});
