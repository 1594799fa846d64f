// A relay between real ends: a client of RUDP, and a worker's descriptor.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { Endpoint } from "../../rudp/thread/endpoint.ts";
import type { RudpSocket } from "../../rudp/thread/socket.ts";

const TIMEOUTS = { writeMillis: 5_000, lingerMillis: 50 };
const WANTED = 3_000_000;

interface Ends extends AsyncDisposable {
  client: RudpSocket;
  worker: Socket;
}

async function ends(): Promise<Ends> {
  const { relay } = await import("./rudp-relay.ts");
  const [there, here] = [new Endpoint(), new Endpoint()];
  const listener = await there.listenAsync({ address: "127.0.0.1", connection: { timeWaitMillis: 0 } });
  const opening = here.connectAsync(`127.0.0.1:${listener.port}`, { connection: { timeWaitMillis: 0 } });
  const descriptor = relay(await listener.acceptAsync(), listener, 100, TIMEOUTS);
  const worker = new Socket({ fd: descriptor, allowHalfOpen: true });
  worker.on("error", () => {});
  return {
    client: await opening,
    worker,
    async [Symbol.asyncDispose]() {
      worker.destroy();
      await Promise.all([there.closeAsync(), here.closeAsync()]);
    },
  };
}

describe("a relay of RUDP", { skip: process.platform !== "linux" && "it is there on Linux only" }, () => {
  it("carries both ways more than any buffer holds, and each end in its direction", async () => {
    await using stack = await ends();
    const { client, worker } = stack;
    worker.pipe(worker);
    const octets = Buffer.alloc(WANTED, "rttlab");
    const sent = client.sendAsync(octets).then(() => client.end());
    const parts: Buffer[] = [];
    for await (const part of client) parts.push(part);
    await sent;
    assert.ok(Buffer.concat(parts).equals(octets));
    assert.equal(await client.over(), null);
  });

  it("breaks off a client that stays after its worker has ended", async () => {
    await using stack = await ends();
    stack.worker.destroy();
    assert.equal((await stack.client.over())?.code, "E_RUDP_RESET");
  });

  it("ends the worker's connection when the client breaks off", async () => {
    await using stack = await ends();
    stack.client.abort();
    stack.worker.resume();
    await once(stack.worker, "end");
  });
});
