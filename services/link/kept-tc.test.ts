// The tc that stays in a guest, with a real tc where the machine has one, in place of the guest's.
// Its commands here only read, or are refused.

import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { it, type TestContext } from "node:test";
import { promisify } from "node:util";
import { openKeptTc } from "./kept-tc.ts";

const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const skip = spawnSync("tc", ["-V"], { env }).status !== 0 && "this machine has no tc";
const codes = { failed: "E_FAILED", silent: "E_SILENT" };
const show = ["qdisc", "show"];

/** `started`: the programs that the shell has started. */
async function open(context: TestContext) {
  const child: ChildProcess = spawn("sh", ["-c", "exec tc -s -j -force -batch - 2>&1"], { env });
  context.after(() => child.kill("SIGKILL"));
  const started: string[][] = [];
  const run = async (...[program = "", ...words]: string[]) => {
    started.push([program, ...words]);
    return (await promisify(execFile)(program, words, { env })).stdout;
  };
  const script = async (line: string) => (line.startsWith("stty") ? `${child.pid}` : run("sh", "-c", line));
  const { stdin: input, stdout: output } = child;
  assert.ok(input !== null && output !== null);
  const place = { run, script, console: "/dev/tty2", input, output };
  return { tc: await openKeptTc(place, { where: "the test", codes }), child, started };
}

const areLists = (said: readonly string[]) => said.every((text) => (JSON.parse(text) as unknown[]).length > 0);

it("does commands in order, and rejects with the reason of the first that fails", { skip }, async (context) => {
  const { tc, started } = await open(context);
  assert.ok(areLists(await tc([show, show])));
  const failing = tc([show, ["qdisc", "add", "dev", "nowhere0", "root", "pfifo"], show]);
  await assert.rejects(failing, { code: "E_FAILED", message: /^tc qdisc add dev nowhere0 root pfifo: .*nowhere0/ });
  assert.ok(areLists(await tc([show])));
  assert.deepEqual(started, []);
});

it("is replaced by the shell where a word ends it", { skip }, async (context) => {
  const { tc, started } = await open(context);
  const ending = tc([["qdisc", "add", "dev", "lo", "root", "handle", "no-number:", "pfifo"]]);
  await assert.rejects(ending, { code: "E_SILENT" });
  assert.ok(areLists(await tc([show])));
  assert.deepEqual(started.at(-1), ["tc", "-s", "-j", "qdisc", "show"]);
});

it("is killed where it is silent, and what only reads is read by the shell", { skip }, async (context) => {
  const { tc, child, started } = await open(context);
  assert.ok(areLists(await tc([show])));
  child.kill("SIGSTOP");
  const ended = once(child, "exit");
  assert.ok(areLists(await tc([show, show])));
  assert.deepEqual(await ended, [null, "SIGKILL"]);
  assert.equal(started.filter(([program]) => program === "tc").length, 2);
});
