// The tc that stays in a guest, with a real tc where the machine has one: its commands here only
// read, or are refused.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, describe, it } from "node:test";
import { KEPT_TC, openKeptTc } from "./kept-tc.ts";

const path = `${process.env.PATH}:/usr/sbin:/sbin`;
const hasTc = spawnSync("tc", ["-V"], { env: { PATH: path } }).status === 0;

describe("a tc that stays", { skip: !hasTc && "this machine has no tc" }, () => {
  const child = spawn("sh", ["-c", `exec 2>&1; ${KEPT_TC}`], { env: { PATH: path } });
  const codes = { failed: "E_FAILED", silent: "E_SILENT" };
  const tc = openKeptTc(child.stdin, child.stdout, { where: "the test", codes });
  after(() => child.kill());
  const show = ["qdisc", "show"];

  it("prints what each command says, in order, and nothing else", async () => {
    const said = await tc([show, show]);
    for (const text of said) assert.ok((JSON.parse(text) as unknown[]).length > 0, text);
    assert.equal(said.length, 2);
  });

  it("rejects with the reason of the first command that fails, and goes on with the next ones", async () => {
    const failing = tc([show, ["qdisc", "add", "dev", "nowhere0", "root", "pfifo"], show]);
    await assert.rejects(failing, { code: "E_FAILED", message: /^tc qdisc add dev nowhere0 root pfifo: .*nowhere0/ });
    assert.equal((await tc([show])).length, 1);
  });

  it("begins anew where a word ends it, and the command has failed with what it said", async () => {
    const ending = tc([["qdisc", "add", "dev", "lo", "root", "handle", "no-number:", "pfifo"], show]);
    await assert.rejects(ending, { code: "E_FAILED", message: /no-number:" is wrong: invalid qdisc ID/ });
    for (const text of await tc([show, show])) assert.ok((JSON.parse(text) as unknown[]).length > 0, text);
  });
});
