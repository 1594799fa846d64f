// Each kind of dialled connection by itself: the calls to its user, and the octets that a server
// gets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { describe, it, type TestContext } from "node:test";
import type { Destination, Dialled, Dialler, DialUser } from "./dial.ts";
import { openDialler, type SocketKind, usableSockets } from "./kinds.ts";
import { segmentsReceived } from "./tcp-state.ts";

for (const kind of usableSockets()) describe(`a dialler on ${kind}`, () => dials(kind));

/** More than the kernel's buffers hold on both sides. */
const LARGE = Buffer.alloc(12_000_000, "0123456789");

function dials(kind: SocketKind): void {
  it("sends what was given before and after the handshake, in order, and then closes its half", async (context) => {
    const { dialler, to, accepted } = await rig(kind, context);
    const { connected, socket } = dial(dialler, to);
    socket.send(dialler.message(Buffer.from("a")));
    socket.send(dialler.message(Buffer.from("b")));
    const server = await accepted;
    await connected;
    for (const piece of ["c", LARGE, "d"]) socket.send(dialler.message(Buffer.from(piece)));
    socket.end();
    assert.equal(await text(server), `abc${LARGE}d`);
  });

  it("sends what is given while it receives as one piece", async (context) => {
    const { dialler, to, accepted } = await rig(kind, context);
    const answers = ["1", "2", "3"].map((octet) => dialler.message(Buffer.from(octet)));
    const { connected, socket } = dial(dialler, to, {
      received() {
        for (const answer of answers) socket.send(answer);
      },
    });
    const server = await accepted;
    await connected;
    server.write("?");
    const [piece] = await once(server, "data");
    assert.equal(String(piece), "123");
  });

  it("sends what is given before the handshake, together, or while it receives in one segment each", {
    skip: process.platform !== "linux" && "the count is there on Linux only",
  }, async (context) => {
    assert.deepEqual(await segmentsOf(kind, context), [1, 1, 1]);
  });

  it("sends what is given to a connection that is opened while another receives, also more than there is room for", async (context) => {
    const { dialler, to, accepted } = await rig(kind, context);
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await once(echo, "listening");
    context.after(() => void echo.close());
    const echoTo = { ...to, port: (echo.address() as AddressInfo).port };
    const results = Promise.withResolvers<Promise<string>[]>();
    const { socket } = dial(dialler, to, {
      received() {
        const gone = dial(dialler, echoTo, { connected: () => assert.fail("a destroyed connection") });
        gone.socket.send(dialler.message(Buffer.from("gone")));
        gone.socket.destroy();
        results.resolve([
          ...["small", LARGE].map((text) => echoed(dialler, echoTo, [text])),
          echoed(dialler, echoTo, ["a", LARGE, "b"]),
          dial(dialler, { ...to, port: 1 }).broken,
          refusedWith(dialler, { ...to, port: 1 }, "never sent"),
        ]);
      },
    });
    (await accepted).write("?");
    const [small, large, three, ...broken] = await Promise.all(await results.promise);
    assert.deepEqual([small, large === String(LARGE), three === `a${LARGE}b`], ["small", true, true]);
    assert.deepEqual(broken, ["ECONNREFUSED", "ECONNREFUSED"]);
    socket.destroy();
  });

  it("receives all, then the end; once it is destroyed, nothing more", async (context) => {
    const { dialler, to, accepted } = await rig(kind, context);
    let bytes = 0;
    const ended = Promise.withResolvers<void>();
    const { socket } = dial(dialler, to, {
      received: (_, length) => {
        bytes += length;
      },
      ended: ended.resolve,
    });
    (await accepted).end(LARGE);
    await ended.promise;
    assert.equal(bytes, LARGE.length);
    socket.destroy();
    socket.destroy();
    socket.send(dialler.message(Buffer.from("late")));
    socket.end();
  });

  it("names what broke it: nothing listens, or the peer resets it", async (context) => {
    const { dialler, to, accepted } = await rig(kind, context);
    const { connected, broken } = dial(dialler, to);
    await connected;
    (await accepted).resetAndDestroy();
    assert.equal(await broken, "ECONNRESET");
    // Port 1: the system hands it to nobody who asks for any port, as the tests beside this do.
    assert.equal(await dial(dialler, { ...to, port: 1 }).broken, "ECONNREFUSED");
  });

  it("has alarms that ring once, not early, and not after they were cleared or it was closed", async (context) => {
    const { dialler } = await rig(kind, context);
    const rung: string[] = [];
    const last = Promise.withResolvers<void>();
    const atMillis = dialler.now() + 20;
    const [early, cleared, late] = ["early", "cleared", "late"].map((name) =>
      dialler.alarm(() => {
        rung.push(name);
        assert.ok(dialler.now() >= atMillis - 0.1);
        if (name === "late") last.resolve();
      }),
    );
    early?.set(atMillis);
    cleared?.set(atMillis);
    late?.set(atMillis + 5);
    cleared?.clear();
    await last.promise;
    assert.deepEqual(rung, ["early", "late"]);
    late?.set(dialler.now() + 3_600_000);
  });

  it("has alarms that ring at once, several together, and the one of them that was moved or cleared does not", async (context) => {
    const { dialler } = await rig(kind, context);
    const rung: string[] = [];
    const [near, nearToo, cleared, moved] = ["near", "near too", "cleared", "moved"].map((name) =>
      dialler.alarm(() => rung.push(name)),
    );
    const over = Promise.withResolvers<void>();
    for (const alarm of [cleared, moved, near, nearToo]) alarm?.set(dialler.now() + 0.02);
    cleared?.clear();
    moved?.set(dialler.now() + 3_600_000);
    dialler.alarm(() => over.resolve()).set(dialler.now() + 20);
    await over.promise;
    assert.deepEqual(rung.sort(), ["near", "near too"]);
  });

  it("counts the time in which it only waits for alarms that are too near to sleep, apart from that of its work", async (context) => {
    const { dialler } = await rig(kind, context);
    const gapMillis = kind === "net" ? 1 : 0.04;
    const shares = async (workMillis: number) => {
      const all = [];
      for (let time = 0; time < 10; time++) all.push(await shareOfWork(dialler, gapMillis, workMillis));
      return all;
    };
    // The machine may stop the thread in its pauses or its work, but hardly in each of ten times.
    const [resting, working] = [Math.min(...(await shares(0))), Math.max(...(await shares(3 * gapMillis)))];
    context.diagnostic(`${resting} resting, ${working} working`);
    assert.ok(resting < 0.5, `${resting}`);
    assert.ok(working > 0.6, `${working}`);
  });
}

/**
 * The share of the time in which it works, of a thread whose event loop is always busy: it has
 * alarms one after another, and each works for so long.
 */
async function shareOfWork(dialler: Dialler, gapMillis: number, workMillis: number): Promise<number> {
  const over = Promise.withResolvers<void>();
  const loop = performance.eventLoopUtilization();
  const spunMillis = dialler.spunMillis();
  const endMillis = performance.now() + 20;
  const alarm = dialler.alarm(() => {
    const untilMillis = performance.now() + workMillis;
    while (performance.now() < untilMillis);
    if (untilMillis < endMillis) alarm.set(performance.now() + gapMillis);
    else over.resolve();
  });
  alarm.set(performance.now() + gapMillis);
  await over.promise;
  const { active, idle } = performance.eventLoopUtilization(loop);
  return (active - (dialler.spunMillis() - spunMillis)) / (active + idle);
}

/** The segments of three messages: before the handshake, together, and while it receives. */
async function segmentsOf(kind: SocketKind, context: TestContext): Promise<number[]> {
  const { dialler, to, accepted } = await rig(kind, context);
  const messages = ["1", "2", "3"].map((octet) => dialler.message(Buffer.from(octet)));
  const sendAll = () => messages.forEach((message) => void socket.send(message));
  const { socket } = dial(dialler, to, { received: sendAll });
  sendAll();
  const server = await accepted;
  const early = await segmentsOnceReceived(server, messages.length);
  socket.together(sendAll);
  const together = await segmentsOnceReceived(server, messages.length);
  server.write("?");
  const answered = await segmentsOnceReceived(server, messages.length);
  return [early, together - early, answered - together];
}

/** All segments with data that the socket has had, once this much more has come. */
async function segmentsOnceReceived(socket: Socket, bytes: number): Promise<number> {
  for (let left = bytes; left > 0; ) left -= (await once(socket, "data"))[0].length;
  return segmentsReceived(socket);
}

/** A server, a dialler, and the first connection that the server gets. */
async function rig(kind: SocketKind, context: TestContext) {
  const dialler = await openDialler(kind);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection").then(([socket]) => (socket as Socket).on("error", () => {}));
  context.after(async () => {
    dialler.close();
    server.close();
    // A test may need no connection.
    void accepted.then((socket) => socket.destroy()).catch(() => {});
  });
  const { port } = server.address() as AddressInfo;
  return { dialler, to: { address: "127.0.0.1", port, localAddress: null }, accepted };
}

/** Resolves to all that an echo server returns for these messages. */
function echoed(dialler: Dialler, to: Destination, texts: readonly (string | Buffer)[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const pieces: Buffer[] = [];
  const { socket } = dial(dialler, to, {
    received: (octets, length) => void pieces.push(Buffer.from(octets.subarray(0, length))),
    ended() {
      socket.destroy();
      resolve(Buffer.concat(pieces).toString());
    },
  });
  for (const text of texts) socket.send(dialler.message(Buffer.from(text)));
  socket.end();
  return promise;
}

function refusedWith(dialler: Dialler, to: Destination, text: string): Promise<string> {
  const { socket, broken } = dial(dialler, to);
  socket.send(dialler.message(Buffer.from(text)));
  socket.end();
  return broken;
}

function dial(dialler: Dialler, to: Destination, user: Partial<DialUser> = {}) {
  const connected = Promise.withResolvers<void>();
  const broken = Promise.withResolvers<string>();
  const socket: Dialled = dialler.connect(to, {
    connected: () => connected.resolve(),
    received() {},
    ended() {},
    broken: broken.resolve,
    ...user,
  });
  return { socket, connected: connected.promise, broken: broken.promise };
}
