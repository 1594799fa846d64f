// The service as a container runs it, with environment, control socket and metrics. The test itself
// writes to the socket what the program that `docker exec` starts would (lib/contract/request.ts).

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

const SERVICE = join(import.meta.dirname, "../main.ts");
// Loopback addresses of this test alone: the ports are the contract's.
const DATA = "127.0.44.1";
const MGMT = "127.0.44.2";
const TARGET = `${DATA}:4000`;

type Event = { event: string } & Record<string, unknown>;

describe("the RUDP service", { timeout: 60_000 }, () => {
  let folder = "";
  let service: ChildProcess;
  let environment: NodeJS.ProcessEnv;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-service-"));
    environment = {
      ...process.env,
      RTTLAB_SCENARIO: "test",
      RTTLAB_NAME: "rudp-sink",
      RTTLAB_DATA_ADDRESS: DATA,
      RTTLAB_MGMT_ADDRESS: MGMT,
      RTTLAB_CONTROL_SOCKET: join(folder, "control.sock"),
    };
    service = spawn(process.execPath, [SERVICE], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
    await untilReady(service);
  });
  after(async () => {
    service.kill();
    await once(service, "exit");
    assert.equal(service.exitCode, 0);
    await rm(folder, { recursive: true });
  });

  it("runs a transfer with the controller that was chosen, and returns the result", async () => {
    const events = await request({
      op: "run",
      target: TARGET,
      bytes: 500_000,
      connection: { controller: "cubic" },
    });
    assert.equal(events.at(-1)?.event, "done");
    const done = events.at(-1) as unknown as { result: { sentBytes: number; settings: { connection: object } } };
    assert.equal(done.result.sentBytes, 500_000);
    assert.deepEqual(done.result.settings.connection, { controller: "cubic" });
  });

  it("refuses options that the other end would have to follow, and follows those of its own", async () => {
    const ran = async (asked: object) => (await request({ op: "run", target: TARGET, ...asked })).at(-1) as Event;
    const ofSender = { controller: "fixed", fixedWindowSegments: 7, initialWindowSegments: 3 };
    for (const asked of [
      { direction: "receive", bytes: 10_000 },
      { direction: "both", seconds: 0.2 },
    ]) {
      const { code, problems } = await ran({ ...asked, connection: { ...ofSender, sack: false } });
      assert.equal(code, "E_BAD_RUN");
      const found = problems as { path: string; message: string; allowed: string }[];
      assert.deepEqual(found.map(({ path }) => path).sort(), Object.keys(ofSender).sort());
      for (const { message, allowed } of found) {
        assert.match(message, new RegExp(`with direction ${asked.direction} the other end sends`));
        assert.equal(allowed, "with the direction send");
      }
    }
    const sent = (await ran({ bytes: 100_000, connection: ofSender })).result as {
      numbers: { windowSegments: number };
    };
    assert.equal(sent.numbers.windowSegments, 7);
    const acknowledging = { delayedAckMillis: 0, ackEverySegments: 8 };
    assert.equal((await ran({ bytes: 10_000, connection: acknowledging })).code, "E_BAD_RUN");
    const { event } = await ran({ direction: "receive", bytes: 10_000, connection: acknowledging });
    assert.equal(event, "done");
  });

  it("sends on several connections for a time, cuts them off, and counts what came after the warm-up", async () => {
    const steady = { op: "run", target: TARGET, seconds: 0.5, warmupSeconds: 0.3, connections: 3, ending: "cut" };
    const events = await request(steady);
    assert.equal(events.at(-1)?.event, "done");
    const { result } = events.at(-1) as unknown as { result: Record<string, number> };
    const { sentBytes = 0, goodputBitsPerSecond = 0, elapsedSeconds = 0 } = result;
    // The warm-up's bytes are sent, and not in the rate.
    assert.ok(goodputBitsPerSecond > 0 && (goodputBitsPerSecond * 0.5) / 8 < sentBytes, JSON.stringify(result));
    // A busy machine adds to the 800 ms.
    assert.ok(elapsedSeconds >= 0.8 && elapsedSeconds < 3, `${elapsedSeconds} s`);
    const refused = await request({ op: "run", target: TARGET, bytes: 1000, connections: 2, warmupSeconds: 1 });
    const { problems } = refused.at(-1) as unknown as { problems: { path: string }[] };
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["connections", "warmupSeconds"],
    );
    const gone = await request({ ...steady, target: `${DATA}:9` });
    assert.equal(gone.at(-1)?.code, "E_RUDP_REFUSED");
  });

  it("runs the transfer for `rudp bench` in its container", async () => {
    const words = ["bench", TARGET, "bytes=2MB", "controller=tahoe", `trace=${join(folder, "trace")}`, "json"];
    const client = spawn(process.execPath, [SERVICE, ...words], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [printed, complaints] = await Promise.all([text(client.stdout), text(client.stderr)]);
    const result = JSON.parse(printed || complaints);
    assert.equal(result.sentBytes, 2_000_000);
    assert.ok(result.cpuSecondsPerGigabyte > 0);
    assert.equal(JSON.parse((await readFile(join(folder, "trace"), "utf8")).split("\n")[0] as string).phase, "open");
    const { last } = (await request({ op: "status" })).at(-1) as unknown as { last: { settings: object } };
    assert.deepEqual(last.settings, result.settings);
  });

  it("aborts a run when `rudp bench` is interrupted, and reports bad words", async () => {
    const bench = (...words: string[]) =>
      spawn(process.execPath, [SERVICE, "bench", TARGET, ...words], {
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
    const client = bench("seconds=600");
    while (((await request({ op: "status" })).at(-1) as Event).running === null);
    client.kill("SIGINT");
    assert.match(await text(client.stderr), /^E_CANCELLED: /);
    assert.equal(client.exitCode ?? (await once(client, "exit"))[0], 1);
    while (((await request({ op: "status" })).at(-1) as Event).running !== null);
    assert.match(
      await text(bench("direction=sideways").stderr),
      /^E_BAD_RUN: .*\n {2}direction: "sideways" is not allowed/,
    );
  });

  it("reports each second, sends and receives at once, and stops when the client goes", async () => {
    const client = start({ op: "run", target: TARGET, seconds: 600, direction: "both" });
    const [line] = (await once(createInterface({ input: client }), "line")) as [string];
    const second = JSON.parse(line);
    assert.equal(second.event, "second");
    assert.ok(second.sentBytes > 0 && second.receivedBytes > 0, line);
    const busy = await request({ op: "run", target: TARGET, bytes: 1 });
    assert.equal(busy.at(-1)?.code, "E_BUSY");
    client.end();
    await once(client, "close");
    assert.equal(((await request({ op: "status" })).at(-1) as Event).running, null);
  });

  it("refuses a transfer with every problem, and an unknown op", async () => {
    const events = await request({ op: "run", target: "x", bytes: -1, connection: { controller: "vegas" } });
    const failed = events.at(-1) as unknown as { code: string; problems: { path: string }[] };
    assert.equal(failed.code, "E_BAD_RUN");
    assert.deepEqual([...new Set(failed.problems.map(({ path }) => path))].sort(), ["bytes", "controller", "target"]);
    assert.equal((await request({ op: "fly" })).at(-1)?.code, "E_UNSUPPORTED");
  });

  it("makes a background transfer whenever nobody needs quiet", async () => {
    const load = { target: TARGET, bytes: 10_000, pauseMillis: 100 };
    const earlier = (await connections()).accepted;
    await request({ op: "background", load });
    const grown = await growth();
    assert.ok(grown > 0);
    const quiet = start({ op: "quiet" });
    await once(createInterface({ input: quiet }), "line");
    // The transfer under way is broken off: both of its ends publish their last numbers then. What
    // was broken off before, with data lost on the way, may last until its keep-alive.
    for (let now = await connections(); now.opened > 0 || now.accepted > earlier; now = await connections());
    const before = await delivered();
    // Long enough for several transfers, were they made.
    await delay(5 * load.pauseMillis);
    assert.equal(await delivered(), before);
    quiet.end();
    await once(quiet, "close");
    await request({ op: "background", load: null });
    assert.equal(((await request({ op: "status" })).at(-1) as Event).background, null);
  });

  it("shows its numbers on the management address", async () => {
    const text = await metrics();
    for (const name of [
      "window_segments",
      "threshold_segments",
      "smoothed_rtt_seconds",
      "rto_seconds",
      "in_flight_segments",
    ]) {
      assert.match(text, new RegExp(`# TYPE rttlab_rudp_${name} gauge`));
    }
    assert.match(text, /rttlab_rudp_resent_total\{cause="fast_retransmit"\} \d/);
    assert.match(text, /rttlab_rudp_refused_datagrams_total\{reason="damaged"\} 0/);
    assert.ok((await delivered()) >= 500_000);
  });

  /** Until the client ends its half, the service goes on. */
  const start = (body: object): Socket => {
    const client = createConnection({ path: join(folder, "control.sock"), allowHalfOpen: true });
    client.write(`${JSON.stringify(body)}\n`);
    return client;
  };

  async function request(body: object): Promise<Event[]> {
    const client = start(body);
    const answer = await text(client);
    client.end();
    return answer
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  /** Waits until the background transfer has delivered something. */
  async function growth(): Promise<number> {
    const before = await delivered();
    for (;;) {
      const now = await delivered();
      if (now > before) return now - before;
    }
  }
});

async function metrics(): Promise<string> {
  return (await fetch(`http://${MGMT}:9100/metrics`)).text();
}

async function delivered(): Promise<number> {
  return Number(/^rttlab_rudp_delivered_bytes_total (\d+)/m.exec(await metrics())?.[1]);
}

async function connections(): Promise<{ opened: number; accepted: number }> {
  const text = await metrics();
  const of = (kind: string) =>
    Number(new RegExp(`^rttlab_rudp_connections\\{kind="${kind}"\\} (\\d+)$`, "m").exec(text)?.[1]);
  return { opened: of("opened"), accepted: of("accepted") };
}

async function untilReady(service: ChildProcess): Promise<void> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: service.stderr as NodeJS.ReadableStream })) {
    lines.push(line);
    if (line.includes('"event":"ready"')) return;
  }
  assert.fail(lines.join("\n"));
}
