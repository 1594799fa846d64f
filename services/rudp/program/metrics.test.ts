// The metrics of real connections on loopback: each has its own series, there are no more than
// documented, and none outlives its connection.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resentSegments } from "../protocol/connection/counters.ts";
import { Endpoint } from "../thread/endpoint.ts";
import type { RudpListener } from "../thread/listener.ts";
import type { RudpSocket } from "../thread/socket.ts";
import { createMetrics, type RudpMetrics, SLOTS } from "./metrics.ts";

describe("the metrics of RUDP", { timeout: 20_000 }, () => {
  it("show each of two connections to one peer with its own window, as long as it lasts", async () => {
    await using stage = await createStage();
    const [small, large] = [await stage.open(5), await stage.open(9)];
    assert.deepEqual(await stage.windows(), { "1": 5, "2": 9 });
    await stage.end(small);
    assert.deepEqual(await stage.windows(), { "2": 9 });
    await stage.open(7);
    assert.deepEqual(await stage.windows(), { "1": 7, "2": 9 });
    await stage.end(large);
    assert.deepEqual(await stage.windows(), { "1": 7 });
  });

  it("leave nothing of a connection that broke, in any gauge of connections", async () => {
    await using stage = await createStage();
    const socket = await stage.open(5);
    assert.match(await stage.text(), /127\.0\.0\.1/);
    socket.abort();
    await assert.rejects(stage.end(socket), { code: "E_RUDP_ABORTED" });
    const text = await stage.text();
    assert.doesNotMatch(text, /127\.0\.0\.1/);
    assert.match(text, /^rttlab_rudp_connections\{kind="opened"\} 0$/m);
    assert.match(text, /^rttlab_rudp_failures_total\{code="E_RUDP_ABORTED"\} 1$/m);
  });

  it("show no more connections of a kind with a peer than there are slots; the next takes the slot that becomes free", async () => {
    await using stage = await createStage();
    const sockets: RudpSocket[] = [];
    for (let n = 1; n <= SLOTS + 1; n++) sockets.push(await stage.open(n));
    assert.equal(Object.keys(await stage.windows()).length, SLOTS);
    assert.match(await stage.text(), new RegExp(`^rttlab_rudp_connections\\{kind="opened"\\} ${SLOTS + 1}$`, "m"));
    await stage.end(sockets[2] as RudpSocket);
    const windows = await stage.windows();
    assert.equal(windows["3"], SLOTS + 1);
    assert.equal(Object.keys(windows).length, SLOTS);
  });

  it("count what an open connection and those that are over have sent, and never less than before", async () => {
    await using stage = await createStage();
    const sent = async () => Number(/^rttlab_rudp_data_segments_sent_total (\d+)$/m.exec(await stage.text())?.[1]);
    const socket = await stage.open(5);
    socket.send(new Uint8Array(10_000));
    await stage.end(socket);
    const numbers = socket.numbers();
    // Ten segments of data, and the FIN; a busy machine may let some be repeated.
    assert.equal(numbers.dataSegmentsSent - resentSegments(numbers), 11);
    assert.equal(await sent(), numbers.dataSegmentsSent);
    await stage.open(5);
    assert.equal(await sent(), numbers.dataSegmentsSent);
  });

  it("count what a reader is given who begins when the connection is over", async () => {
    // More than the ring holds: the rest waits until there is a reader.
    const BYTES = 400_000;
    await using stage = await createStage(new Uint8Array(BYTES));
    const delivered = async () => Number(/^rttlab_rudp_delivered_bytes_total (\d+)$/m.exec(await stage.text())?.[1]);
    const socket = await stage.open(5);
    socket.end();
    assert.equal(await socket.over(), null);
    const before = await delivered();
    assert.ok(before > 0 && before < BYTES, `${before} bytes without a reader`);
    await stage.end(socket);
    assert.equal(await delivered(), BYTES);
    assert.equal(socket.numbers().dataBytesDelivered, BYTES);
  });
});

interface Stage extends AsyncDisposable {
  /** A connection whose window stays at `segments`. */
  open(segments: number): Promise<RudpSocket>;
  /** Closes it and waits until its series are gone. */
  end(socket: RudpSocket): Promise<void>;
  text(): Promise<string>;
  /** Congestion windows by slot. */
  windows(): Promise<Record<string, number>>;
}

/** Its peers send `data` and end. */
async function createStage(data = new Uint8Array()): Promise<Stage> {
  const endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: "127.0.0.1", connection: { timeWaitMillis: 1 } });
  void answerAll(listener, data);
  const metrics: RudpMetrics = createMetrics(() => listener.counters());
  const ends = new Map<RudpSocket, Promise<void>>();
  return {
    async open(segments) {
      const connection = { controller: "fixed", fixedWindowSegments: segments, timeWaitMillis: 1 } as const;
      const socket = await endpoint.connectAsync(`127.0.0.1:${listener.port}`, { connection });
      await socket.openedAsync();
      ends.set(socket, metrics.show(socket, "opened"));
      return socket;
    },
    async end(socket) {
      const [closing] = await Promise.allSettled([socket.closeAsync(), ends.get(socket)]);
      if (closing.status === "rejected") throw closing.reason;
    },
    text: () => metrics.registry.metrics(),
    async windows() {
      const pattern = /^rttlab_rudp_window_segments\{peer="127\.0\.0\.1",kind="opened",slot="(\d+)"\} (\S+)$/gm;
      const found = [...(await metrics.registry.metrics()).matchAll(pattern)];
      return Object.fromEntries(found.map(([, slot, value]) => [slot as string, Number(value)]));
    },
    [Symbol.asyncDispose]: () => endpoint.closeAsync(),
  };
}

/** Sends each peer the data, reads it to its end and closes. */
async function answerAll(listener: RudpListener, data: Uint8Array): Promise<void> {
  for (;;) {
    const socket = await listener.acceptAsync().catch(() => null);
    if (socket === null) return;
    socket
      .sendAsync(data)
      .then(() => socket.closeAsync())
      .catch(() => {});
  }
}
