// `rudp` as people use it: in processes of its own, with files and interrupts.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";

/** A receiver waits out TIME-WAIT before it exits. On loopback a short one is enough. */
const LOCAL = ["address=127.0.0.1", "timeWaitMillis=50"];
const MAIN = join(import.meta.dirname, "../main.ts");

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

describe("the words of rudp", { timeout: 60_000 }, () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-cli-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("send a file and receive it, with a result and a trace as JSON", async () => {
    const content = randomBytes(1_234_567);
    await writeFile(join(folder, "sent"), content);
    const receiver = start("recv", "0", join(folder, "received"), ...LOCAL, "json");
    const port = await portOf(receiver);
    const trace = join(folder, "trace");
    const [sender, received] = await Promise.all([
      ended(start("send", join(folder, "sent"), `127.0.0.1:${port}`, "--json", "--trace", trace)),
      ended(receiver),
    ]);
    assert.equal(sender.status, 0, sender.stderr);
    assert.equal(received.status, 0, received.stderr);
    assert.deepEqual(await readFile(join(folder, "received")), content);
    assert.equal(JSON.parse(sender.stdout).bytes, content.length);
    assert.equal(JSON.parse(received.stdout).bytes, content.length);
    const rows = (await readFile(trace, "utf8")).trimEnd().split("\n");
    assert.ok(rows.length > 10 && rows.every((row) => JSON.parse(row).windowSegments > 0));
  });

  it("take stdin and stdout as files of unknown length", async () => {
    const receiver = start("recv", "0", ...LOCAL);
    const sender = start("send", "-", `127.0.0.1:${await portOf(receiver)}`);
    sender.stdin?.end("through the pipe\n");
    const [{ status }, { stdout }] = await Promise.all([ended(sender), ended(receiver)]);
    assert.equal(status, 0);
    assert.equal(stdout, "through the pipe\n");
  });

  it("inform both sides when the receiver's disk is full", { skip: process.platform !== "linux" }, async () => {
    await writeFile(join(folder, "large"), randomBytes(3_000_000));
    const receiver = start("recv", "0", "/dev/full", ...LOCAL);
    const sending = start("send", join(folder, "large"), `127.0.0.1:${await portOf(receiver)}`);
    const [sender, received] = await Promise.all([ended(sending), ended(receiver)]);
    assert.equal(sender.status, 1);
    assert.match(sender.stderr, /E_RUDP_PEER: .*E_RUDP_FILE: writing \/dev\/full: the disk is full/);
    assert.equal(received.status, 1);
    assert.match(received.stderr, /E_RUDP_FILE: writing \/dev\/full: the disk is full/);
  });

  it("inform both sides when nobody reads the receiver's output any more", async () => {
    await writeFile(join(folder, "unread"), randomBytes(3_000_000));
    const receiver = start("recv", "0", ...LOCAL);
    const sending = start("send", join(folder, "unread"), `127.0.0.1:${await portOf(receiver)}`);
    receiver.stdout?.destroy();
    const [sender, received] = await Promise.all([ended(sending), exitOf(receiver)]);
    assert.equal(sender.status, 1);
    assert.match(sender.stderr, /E_RUDP_PEER: .*E_BROKEN_PIPE: writing to stdout: nobody reads it any more/);
    assert.equal(received, 141);
  });

  it("inform the sender when the receiver is interrupted", async () => {
    const receiver = start("recv", "0", join(folder, "unfinished"), ...LOCAL);
    const sender = start("send", "-", `127.0.0.1:${await portOf(receiver)}`);
    sender.stdin?.on("error", () => {}).write(randomBytes(500_000));
    await fileAppears(join(folder, "unfinished.part"));
    receiver.kill("SIGINT");
    const [sent, received] = await Promise.all([ended(sender), ended(receiver)]);
    assert.equal(sent.status, 1);
    assert.match(sent.stderr, /E_RUDP_RESET/);
    assert.equal(received.status, 1);
    assert.match(received.stderr, /E_CANCELLED/);
  });

  it("notice a peer that was killed within the time stated, either way", async () => {
    const patience = ["peerTimeoutMillis=500", "keepAliveMillis=200"];
    for (const victim of ["sender", "receiver"] as const) {
      const partial = join(folder, `until-the-${victim}-died`);
      const receiver = start("recv", "0", partial, ...LOCAL, ...patience);
      const sender = start("send", "-", `127.0.0.1:${await portOf(receiver)}`, ...patience);
      sender.stdin?.on("error", () => {}).write(randomBytes(500_000));
      await fileAppears(`${partial}.part`);
      const [killed, survivor] = victim === "sender" ? [sender, receiver] : [receiver, sender];
      const end = ended(survivor);
      killed.kill("SIGKILL");
      const killedAtMillis = performance.now();
      // A silent receiver is probed after keepAliveMillis, and each end gives up peerTimeoutMillis
      // later.
      const { status, stderr } = await end;
      assert.match(stderr, /E_RUDP_PEER_DEAD/);
      assert.equal(status, 1);
      // Anything beyond 700 ms is the end of a process on a busy machine: no TIME-WAIT is left to
      // wait for.
      assert.ok(performance.now() - killedAtMillis < 5000);
    }
  });

  it("inform the receiver when the sender is interrupted, and leave no file that looks complete", async () => {
    const receiver = start("recv", "0", join(folder, "partial"), ...LOCAL);
    const sender = start("send", "-", `127.0.0.1:${await portOf(receiver)}`);
    sender.stdin?.write(randomBytes(500_000));
    await fileAppears(join(folder, "partial.part"));
    sender.kill("SIGINT");
    const [sent, received] = await Promise.all([ended(sender), ended(receiver)]);
    assert.equal(sent.status, 1);
    assert.match(sent.stderr, /E_CANCELLED/);
    assert.equal(received.status, 1);
    assert.match(received.stderr, /E_RUDP_RESET/);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith("partial")),
      [],
    );
  });

  it("say what is wrong before anything is sent", async () => {
    const taken = start("recv", "0", join(folder, "never"), ...LOCAL);
    const port = await portOf(taken);
    const refusals: [words: string[], status: number, message: RegExp][] = [
      [["recv", port, ...LOCAL], 1, /E_RUDP_PORT: .*another program has the port/],
      [["send", join(folder, "nothing"), `127.0.0.1:${port}`], 1, /E_RUDP_FILE: .*no such file/],
      [["recv", "0", join(folder, "no", "file"), ...LOCAL], 1, /E_RUDP_FILE: .*there is no such/],
      [["recv", "0", folder, ...LOCAL], 1, /E_RUDP_FILE: .*it is a folder/],
      [["send", MAIN, "127.0.0.1:1"], 1, /E_RUDP_REFUSED/],
      [["send", MAIN], 2, /E_USAGE: rudp send FILE HOST:PORT/],
      [["bench", "controller=vegas", "bytes=1"], 2, /controller: vegas cannot be read/],
      [
        ["bench", "direction=receive", "controller=cubic"],
        2,
        /E_BAD_RUN: [\s\S]*controller: is followed by the end that sends/,
      ],
      [["bench", "bytes=much", "sped=1"], 2, /bytes: much cannot be read[\s\S]*sped: is not known here/],
      [["juggle"], 2, /E_USAGE: .*no such verb/],
    ];
    await Promise.all(
      refusals.map(async ([words, status, message]) => {
        const refused = await ended(start(...words));
        assert.match(refused.stderr, message);
        assert.equal(refused.status, status, refused.stderr);
      }),
    );
    taken.kill("SIGINT");
    assert.equal((await ended(taken)).status, 1);
  });

  it("measure against a second process, in every direction", async () => {
    const measure = async (...words: string[]) => {
      const { status, stdout, stderr } = await ended(start("bench", "json", "timeWaitMillis=50", ...words));
      assert.equal(status, 0, stderr);
      const result = JSON.parse(stdout);
      assert.ok(result.peerCpuSecondsPerGigabyte > 0, stdout);
      return result;
    };
    const [up, down, both] = await Promise.all([
      measure("bytes=300kB"),
      measure("bytes=300kB", "direction=receive"),
      measure("seconds=1", "direction=both"),
    ]);
    assert.deepEqual([up.sentBytes, down.receivedBytes], [300_000, 300_000]);
    assert.ok(both.sentBytes > 0 && both.receivedBytes > 0);
  });

  it("explain themselves when asked", async () => {
    const { status, stdout } = await ended(start("--help"));
    assert.equal(status, 0);
    assert.match(stdout, /rudp send FILE HOST:PORT/);
  });
});

function start(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {}); // an interrupted program does not read the rest
  return child;
}

const outputs = new WeakMap<ChildProcess, string[]>();

/** The port that a receiver reports. */
async function portOf(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  outputs.set(child, said);
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  lines.on("line", (line) => said.push(line));
  await once(lines, "line");
  return /:(\d+)$/.exec(said[0] ?? "")?.[1] ?? assert.fail(said.join("\n"));
}

/** Read it while the process runs: Node discards unread output when a process exits. */
async function ended(child: ChildProcess): Promise<Ended> {
  const said = outputs.get(child);
  const closed = child.exitCode === null ? once(child, "close") : Promise.resolve();
  const [stdout, stderr] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    said === undefined ? text(child.stderr as NodeJS.ReadableStream) : closed.then(() => said.join("\n")),
  ]);
  await closed;
  return { status: child.exitCode, stdout, stderr };
}

/** Of a process whose output is never read. */
async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

async function fileAppears(path: string): Promise<void> {
  for (;;) {
    const found = await readFile(path).catch(() => null);
    if (found !== null && found.length > 0) return;
    await new Promise(setImmediate);
  }
}
