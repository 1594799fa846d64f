// The second protocol on every structure, kind of sockets and transport: octets return as they
// came, under the same limits and time-outs as in HTTP, which belong to the structure.

import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { describe, it } from "node:test";
import { scalar, timings } from "../accounting/counters.ts";
import {
  everyStructure,
  everyStructureOfRudp,
  needs,
  type Server,
  startServer,
  until,
  type Wanted,
} from "../cases/loopback-server.ts";
import { type Connect, connectTo } from "../cases/raw-client.ts";
import { connectOverRudp } from "../cases/rudp-client.ts";
import { randomBytes } from "../sample-site/random-bytes.ts";
import type { Structure } from "./structure.ts";

/** More than any buffer between the two ends holds. */
const LARGE = randomBytes(33_554_432, 3, 3);
const HOUR = 3_600_000;

for (const [name, structure] of everyStructure()) describe(name, () => echoes(structure, connectTo));
for (const [name, structure] of everyStructureOfRudp()) describe(name, () => echoes(structure, connectOverRudp));

function echoes(structure: Structure, connect: Connect): void {
  it("what is sent comes back, a piece at a time, and after the client's end the server's", async () => {
    await using server = await start(structure);
    await using client = await connect(server.port);
    for (const text of ["one", "two", "GET / HTTP/1.1\r\n\r\n"]) {
      client.send(text);
      await client.until(text);
    }
    client.end();
    assert.equal((await client.closed).toString("latin1"), "onetwoGET / HTTP/1.1\r\n\r\n");
    await until(() => scalar(server.threads, "openConnections") === 0);
    assert.equal(scalar(server.threads, "sentBytes"), scalar(server.threads, "receivedBytes"));
    assert.ok(timings(server.threads, "idle", 0).count >= 1);
  });

  it("32 MiB come back as they were, though the client reads late; meanwhile the server stops reading", async () => {
    await using server = await start(structure);
    await using client = await connect(server.port);
    client.socket.pause();
    client.socket.end(LARGE);
    await settled(() => scalar(server.threads, "receivedBytes"));
    const held = scalar(server.threads, "receivedBytes") - scalar(server.threads, "sentBytes");
    // The output and unread input have limits of 256 and 64 KiB, each exceeded by one read of 64
    // KiB at most.
    assert.ok(held <= 460_000, `${held} octets held`);
    assert.ok(scalar(server.threads, "receivedBytes") < LARGE.length);
    client.socket.resume();
    assert.ok((await client.closed).equals(LARGE));
  });

  it("a silent connection closes after the idle time-out; one that sends goes on", needs(structure, 2), async () => {
    // Longer than a round trip within one process takes on a busy machine.
    const idle = { minimumMillis: 2_000, maximumMillis: 2_000, capacity: 100 };
    await using server = await start(structure, { idle }, 2);
    await using talking = await connect(server.port);
    await using silent = await connect(server.port);
    let isClosed = false;
    const closed = silent.closed.finally(() => {
      isClosed = true;
    });
    for (let said = 1; !isClosed; said++) {
      talking.send(`${said},`);
      await talking.until(`,${said},`.slice(said === 1 ? 1 : 0));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal((await closed).length, 0);
    assert.equal(scalar(server.threads, "timeouts"), 1);
    talking.send("still here");
    await talking.until("still here");
  });

  it("a client that takes nothing for too long is dropped", async () => {
    await using server = await start(structure, { writeMillis: 100 });
    await using client = await connect(server.port);
    client.socket.pause();
    client.socket.on("error", () => {});
    client.socket.write(LARGE);
    await until(() => scalar(server.threads, "timeouts") === 1);
    await until(() => scalar(server.threads, "openConnections") === 0);
    client.socket.destroy();
  });

  it("a client that does not close after the server's close is dropped after the linger", async () => {
    const idle = { minimumMillis: 1, maximumMillis: 1, capacity: 100 };
    await using server = await start(structure, { idle, lingerMillis: 50 });
    await using client = await connect(server.port);
    // A client that has been held up may meet the reset that follows before the close.
    await client.closed.catch(() => {});
    await until(() => scalar(server.threads, "openConnections") === 0);
    assert.equal(timings(server.threads, "close", 0).count, 1);
  });

  it("a server that drains closes its connections, and has sent all that came", async () => {
    await using server = await start(structure);
    await using client = await connect(server.port);
    client.send("before");
    await client.until("before");
    const done = server.close(HOUR);
    assert.equal((await client.closed).toString("latin1"), "before");
    client.end();
    await done;
  });

  it("a client that goes away while the server drains does not stop it from closing", async () => {
    await using server = await start(structure);
    const client = await connect(server.port);
    client.send("before");
    await client.until("before");
    const done = server.close(HOUR);
    await client.closed;
    client.socket.destroy();
    await done;
  });
}

/** Most tests need one worker, and the start of one is most of what they cost. */
function start(structure: Structure, timeouts: Wanted["timeouts"] = {}, workers = 1): Promise<Server> {
  const idle = { minimumMillis: HOUR, maximumMillis: HOUR, capacity: 1_000 };
  const patient = { idle, writeMillis: HOUR, lingerMillis: HOUR, ...timeouts };
  return startServer(structure, tmpdir(), { protocol: "echo", timeouts: patient, workers });
}

/**
 * Waits until a count in shared memory, whose changes nothing announces, has stood still for a
 * while.
 */
async function settled(count: () => number): Promise<void> {
  const STILL_MILLIS = 300;
  for (let before = -1; before !== count() || before === 0; ) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, STILL_MILLIS));
  }
}
