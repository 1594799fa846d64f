// Every wait ends: waiting for a connection, a peer or bytes fails once none can come any more.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { ownPort } from "../../../lib/sockets/own-port.ts";
import { Endpoint } from "./endpoint.ts";
import type { RudpListener } from "./listener.ts";
import type { RudpSocket } from "./socket.ts";
import { duplexOf } from "./stream.ts";

const HERE = "127.0.0.1";
const BRIEF = { timeWaitMillis: 1 };

describe("a wait", { timeout: 20_000 }, () => {
  let endpoint: Endpoint;
  let listener: RudpListener;
  before(async () => {
    endpoint = new Endpoint();
    listener = await endpoint.listenAsync({ address: HERE, connection: BRIEF });
  });
  after(() => endpoint.closeAsync());
  const connect = (to = listener) => endpoint.connectAsync(`${HERE}:${to.port}`, { connection: BRIEF });
  const pair = (): Promise<[RudpSocket, RudpSocket]> => Promise.all([connect(), listener.acceptAsync()]);

  it("for a connection fails when the listener is closed, and the port is free then", async () => {
    for (let round = 0; round < 5; round++) {
      const deaf = await endpoint.listenAsync({ address: HERE, port: await ownPort() });
      const waiting = [deaf.acceptAsync(), deaf.acceptAsync()];
      deaf.close();
      deaf.close();
      for (const accepting of waiting) await assert.rejects(accepting, { code: "E_RUDP_CLOSED" });
      await using next = createSocket("udp4").bind(deaf.port, HERE);
      await once(next, "listening");
      await assert.rejects(deaf.acceptAsync(), { code: "E_RUDP_CLOSED" });
    }
  });

  it("for acceptance ends in a reset when the listener closes", async () => {
    const deaf = await endpoint.listenAsync({ address: HERE });
    const client = await connect(deaf);
    await client.sendAsync(Buffer.from("x"));
    client.flush();
    while (client.numbers().acknowledgedSegments < 1) await new Promise(setImmediate);
    deaf.close();
    await assert.rejects(client.recvAsync(1), { code: "E_RUDP_RESET" });
    await assert.rejects(deaf.acceptAsync(), { code: "E_RUDP_CLOSED" });
  });

  it("for a peer to answer can be cancelled, before and during it, and ends with the endpoint", async () => {
    await using silent = createSocket("udp4").bind(0, HERE);
    await once(silent, "listening");
    const target = `${HERE}:${silent.address().port}`;
    await assert.rejects(endpoint.connectAsync(target, { signal: AbortSignal.abort() }), { code: "E_CANCELLED" });
    const cancel = new AbortController();
    const opening = endpoint.connectAsync(target, { signal: cancel.signal });
    const asked = once(silent, "message");
    await asked;
    cancel.abort();
    await assert.rejects(opening, { code: "E_CANCELLED" });
    await using other = new Endpoint();
    const heard = once(silent, "message");
    const left = assert.rejects(other.connectAsync(target), { code: "E_RUDP_ABORTED" });
    await heard;
    await Promise.all([other.closeAsync(), other.closeAsync(), left]);
    await other.closeAsync();
  });

  it("at a closing endpoint fails, whatever was requested", async () => {
    await using other = new Endpoint();
    const deaf = await other.listenAsync({ address: HERE });
    const asked = [other.connectAsync("localhost:1"), other.listenAsync({ address: HERE }), deaf.acceptAsync()];
    const settled = Promise.allSettled(asked);
    const closing = other.closeAsync();
    await assert.rejects(other.connectAsync(`${HERE}:1`), { code: "E_RUDP_ENGINE" });
    await assert.rejects(other.listenAsync({ address: HERE }), { code: "E_RUDP_ENGINE" });
    await closing;
    assert.equal((await settled)[2]?.status, "rejected");
    deaf.close();
  });

  it("to send fails when the peer resets, and when this side ends or aborts", async () => {
    const endless = new Uint8Array(50_000_000);
    const cases: [code: string, end: (client: RudpSocket, server: RudpSocket) => void][] = [
      ["E_RUDP_RESET", (_, server) => server.abort()],
      ["E_RUDP_ABORTED", (client) => client.abort()],
      ["E_RUDP_ENDED", (client) => client.end()],
    ];
    for (const [code, end] of cases) {
      const [client, server] = await pair();
      const sending = assert.rejects(client.sendAsync(endless), { code });
      while (client.numbers().peerWindowSegments > 0 || client.numbers().acknowledgedSegments < 100) {
        await new Promise(setImmediate);
      }
      end(client, server);
      await sending;
      client.abort();
      server.abort();
    }
  });

  it("for no bytes ends at once", async () => {
    const [client, server] = await pair();
    assert.equal((await client.recvAsync(0))?.length, 0);
    assert.equal(client.recv(0)?.length, 0);
    for (const size of [-1, 0.5, Number.NaN]) await assert.rejects(client.recvAsync(size), { code: "E_BAD_OPTION" });
    client.abort();
    server.abort();
  });

  it("on an idle stream ends in an error and its close when the peer aborts", async () => {
    for (const readFirst of [false, true]) {
      const [client, server] = await pair();
      const stream = duplexOf(client);
      if (readFirst) stream.resume();
      const failed = once(stream, "error");
      const closed = new Promise((resolve) => stream.once("close", resolve));
      server.abort();
      assert.equal((await failed)[0].code, "E_RUDP_RESET");
      await closed;
      assert.ok(stream.destroyed);
    }
  });

  it("for the endpoint to close does not include data that nobody reads", async () => {
    const [here, there] = [new Endpoint(), new Endpoint()];
    const serving = await here.listenAsync({ address: HERE, connection: BRIEF });
    const [client, server] = await Promise.all([
      there.connectAsync(`${HERE}:${serving.port}`, { connection: BRIEF }),
      serving.acceptAsync(),
    ]);
    // More than the ring holds: the rest stays in the receive queue after both ends have closed.
    await client.sendAsync(new Uint8Array(1_000_000));
    client.end();
    server.end();
    await client.deliveredAsync();
    assert.equal(await server.over(), null);
    await here.closeAsync();
    await there.closeAsync();
  });
});

describe("a port with as many connections as it takes", { timeout: 20_000 }, () => {
  it("refuses the next one with the reason, and accepts one again when there is room", async () => {
    await using endpoint = new Endpoint();
    const listener = await endpoint.listenAsync({ address: HERE, maximumConnections: 3, connection: BRIEF });
    const connect = () => endpoint.connectAsync(`${HERE}:${listener.port}`, { connection: BRIEF });
    const held: RudpSocket[] = [];
    for (let i = 0; i < 3; i++) held.push((await Promise.all([connect(), listener.acceptAsync()]))[1]);
    await assert.rejects(connect(), {
      code: "E_RUDP_REFUSED",
      message: /has as many connections as it takes/,
    });
    assert.ok((await listener.counters()).full >= 1);
    const [first] = held;
    first?.abort();
    await first?.over();
    const [client, server] = await Promise.all([connect(), listener.acceptAsync()]);
    server.end();
    assert.equal(await text(duplexOf(client)), "");
  });
});

describe("an address of IPv6", () => {
  it("is refused in plain words, wherever it is given", async () => {
    await using endpoint = new Endpoint();
    const plain = /IPv4 only/;
    for (const host of ["[::1]", "::1", "[fe80::1%eth0]", "2001:db8::7", "::ffff:127.0.0.1"]) {
      await assert.rejects(endpoint.connectAsync(`${host}:4000`), { code: "E_BAD_TARGET", message: plain }, host);
    }
    await assert.rejects(endpoint.connectAsync("[::1]"), { code: "E_BAD_TARGET", message: plain });
    await assert.rejects(endpoint.listenAsync({ address: "::" }), { code: "E_BAD_TARGET", message: plain });
    const from = endpoint.connectAsync(`${HERE}:4000`, { from: "::1" });
    await assert.rejects(from, { code: "E_BAD_TARGET", message: plain });
    await assert.rejects(endpoint.connectAsync("ip6-localhost:4000"), { code: "E_BAD_TARGET" });
  });
});
