// Measured transfers between endpoints on loopback, through a relay that loses datagrams at will.

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, it } from "node:test";
import { resentSegments } from "../../protocol/connection/counters.ts";
import { HEADER_BYTES } from "../../protocol/wire.ts";
import { Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { hostTransfers } from "./host.ts";
import { run } from "./run.ts";
import { checkRun } from "./settings.ts";

const HERE = "127.0.0.1";
/** Of a datagram: whether it is lost. `nth` counts those of its client and way, from 1. */
type Loses = (datagram: { nth: number; client: number; isUp: boolean; hasData: boolean }) => boolean;

/** One datagram of data in twenty. */
const FIVE_PER_CENT: Loses = ({ nth, hasData }) => hasData && nth % 20 === 0;

describe("a measured transfer over a path that loses", { timeout: 30_000 }, () => {
  it("has the losses that its sender noticed, and what it sent again", async () => {
    await using stage = await createStage(FIVE_PER_CENT);
    const { losses, numbers } = await stage.run({ direction: "send", bytes: 300_000 });
    assert.ok(losses !== null && losses.lossEvents > 0, JSON.stringify(losses));
    assert.deepEqual(losses, {
      lossEvents: numbers.fastRecoveries + numbers.timeouts,
      timeouts: numbers.timeouts,
      resentSegments: resentSegments(numbers),
    });
    assert.ok(losses.resentSegments >= 10, "of 300 segments one in twenty is lost");
  });

  it("has none where the other end sends, whose losses this end does not know", async () => {
    await using stage = await createStage(FIVE_PER_CENT);
    const down = await stage.run({ direction: "receive", bytes: 300_000 });
    assert.deepEqual([down.receivedBytes, down.losses], [300_000, null]);
    const both = await stage.run({ direction: "both", seconds: 0.2 });
    assert.equal(both.losses, null);
  });

  it("has those of all connections after the warm-up, when they are cut off", async () => {
    await using stage = await createStage(FIVE_PER_CENT);
    const several = { direction: "send", seconds: 0.4, connections: 3, ending: "cut" };
    const all = await stage.run(several);
    const [first = 0, ...others] = stage.opened.splice(0).map((socket) => resentSegments(socket.numbers()));
    const sum = others.reduce((total, each) => total + each, first);
    const { resentSegments: counted = 0 } = all.losses ?? {};
    assert.ok(first > 0 && counted > first && counted <= sum, `${counted} of ${[first, ...others]}`);
    const later = await stage.run({ ...several, warmupSeconds: 0.4 });
    const inAll = stage.opened.reduce((total, socket) => total + resentSegments(socket.numbers()), 0);
    assert.ok((later.losses?.resentSegments ?? 0) < inAll, "those of the warm-up do not count");
  });

  it("has the median handshake of several connections, not the slowest", async () => {
    await using stage = await createStage(({ nth, client, isUp }) => isUp && client === 0 && nth === 1);
    const { connectSeconds, elapsedSeconds } = await stage.run({
      direction: "send",
      seconds: 0.1,
      connections: 3,
      ending: "cut",
      connection: { initialRtoMillis: 1000 },
    });
    assert.ok(elapsedSeconds > 1, "the first one's SYN was lost, and repeated after a second");
    // A handshake on loopback takes a millisecond, or some tens on a busy machine.
    assert.ok(connectSeconds < 0.5, `${connectSeconds} s`);
  });
});

async function createStage(loses: Loses) {
  const endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: HERE, connection: { timeWaitMillis: 1 } });
  hostTransfers(listener, { onAccepted() {}, onServed() {}, onFailed() {} }).catch(() => {});
  const relay = await createRelay(listener.port, loses);
  const opened: RudpSocket[] = [];
  return {
    opened,
    run: (asked: object) =>
      run(
        endpoint,
        checkRun({ target: `${HERE}:${relay.port}`, ...asked }),
        null,
        { onOpen: (socket) => opened.push(socket) },
        new AbortController().signal,
      ),
    async [Symbol.asyncDispose]() {
      await endpoint.closeAsync();
      relay.close();
    },
  };
}

/** Forwards between clients and a port, with a socket of its own for each client. */
async function createRelay(to: number, loses: Loses) {
  const inside = await bound();
  const outside = new Map<number, Socket>();
  const counts = new Map<string, number>();
  const isLost = (bytes: Buffer, client: number, isUp: boolean) => {
    const key = `${client} ${isUp}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return loses({ nth, client, isUp, hasData: bytes.length > HEADER_BYTES + 500 });
  };
  inside.on("message", (bytes, { port }) => {
    const known = outside.get(port);
    const socket = known ?? createSocket("udp4");
    if (known === undefined) {
      const client = outside.size;
      outside.set(port, socket);
      socket.bind(0, HERE);
      socket.on("message", (answer) => {
        if (!isLost(answer, client, false)) inside.send(answer, port, HERE);
      });
    }
    const client = [...outside.keys()].indexOf(port);
    if (!isLost(bytes, client, true)) socket.send(bytes, to, HERE);
  });
  return {
    port: inside.address().port,
    close() {
      for (const socket of [inside, ...outside.values()]) socket.close();
    },
  };
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, HERE);
  await once(socket, "listening");
  return socket;
}
