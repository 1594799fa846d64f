// `rudp` interrupted in each phase of its life, once and several times in a row.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { Endpoint } from "../thread/endpoint.ts";
import { run } from "./transfer/run.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const HERE = "127.0.0.1";
const LOCAL = [`address=${HERE}`, "timeWaitMillis=50"];
/**
 * Opening gives up by itself after 15 s. A process ends in less than a second, or a few on a busy
 * machine.
 */
const AT_ONCE_MILLIS = 5000;

describe("an interrupt", { timeout: 60_000 }, () => {
  let folder = "";
  let silent: Socket;
  let target = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-rudp-interrupts-"));
    silent = createSocket("udp4").bind(0, HERE);
    await once(silent, "listening");
    target = `${HERE}:${silent.address().port}`;
  });
  after(async () => {
    silent.close();
    await rm(folder, { recursive: true });
  });

  it("ends a command whose connection opens, at once", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      for (const words of [
        ["send", MAIN, target],
        ["bench", target, "bytes=1MB"],
      ]) {
        const asked = once(silent, "message");
        const child = start(...words);
        const said = text(child.stderr as NodeJS.ReadableStream);
        await asked;
        const killedAtMillis = performance.now();
        child.kill(signal);
        assert.match(await said, /E_CANCELLED/);
        assert.ok(performance.now() - killedAtMillis < AT_ONCE_MILLIS);
        assert.equal(await exitOf(child), 1);
      }
    }
  });

  it("cancels a run whose connection opens, at once", async () => {
    await using endpoint = new Endpoint();
    const cancel = new AbortController();
    const asked = once(silent, "message");
    const settings = {
      target,
      direction: "send",
      bytes: 1,
      seconds: null,
      connections: 1,
      warmupSeconds: 0,
      ending: "wait",
      seed: 1,
      connection: {},
      trace: null,
    } as const;
    const running = run(endpoint, settings, null, {}, cancel.signal);
    await asked;
    cancel.abort();
    await assert.rejects(running, { code: "E_CANCELLED" });
  });

  it("several times in a row leaves no half of a file", async () => {
    for (const signals of [
      ["SIGINT", "SIGINT"],
      ["SIGINT", "SIGTERM", "SIGINT", "SIGHUP"],
    ] as const) {
      const receiver = start("recv", "0", join(folder, "twice"), ...LOCAL);
      const sender = start("send", "-", `${HERE}:${await portOf(receiver)}`);
      sender.stdin?.write(randomBytes(500_000));
      await fileGrows(join(folder, "twice.part"));
      for (const signal of signals) receiver.kill(signal);
      assert.equal(await exitOf(receiver), 1);
      await exitOf(sender);
      assert.deepEqual(await readdir(folder), []);
    }
  });

  it("that cannot be caught leaves a half that the next receiver replaces, and that is never the file", async () => {
    const file = join(folder, "killed");
    const receiver = start("recv", "0", file, ...LOCAL);
    const sender = start("send", "-", `${HERE}:${await portOf(receiver)}`);
    sender.stdin?.write(randomBytes(500_000));
    await fileGrows(`${file}.part`);
    receiver.kill("SIGKILL");
    await exitOf(receiver);
    sender.kill("SIGINT");
    await exitOf(sender);
    assert.deepEqual(await readdir(folder), ["killed.part"]);
    const content = randomBytes(1000);
    await writeFile(join(folder, "source"), content);
    const next = start("recv", "0", file, ...LOCAL);
    const whole = start("send", join(folder, "source"), `${HERE}:${await portOf(next)}`);
    await Promise.all([exitOf(next), exitOf(whole)]);
    assert.deepEqual(await readFile(file), content);
    assert.deepEqual((await readdir(folder)).sort(), ["killed", "source"]);
  });
});

function start(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.on("error", () => {}); // an interrupted program does not read the rest
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

/** The port that a receiver reports. */
async function portOf(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stderr as NodeJS.ReadableStream }), "line")) as [string];
  return /:(\d+)$/.exec(line)?.[1] ?? assert.fail(line);
}

async function fileGrows(path: string): Promise<void> {
  for (;;) {
    const found = await readFile(path).catch(() => null);
    if (found !== null && found.length > 0) return;
    await new Promise(setImmediate);
  }
}
