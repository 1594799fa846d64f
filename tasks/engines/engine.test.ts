// An engine that cannot be started, and a part of the tests beside one, with small programs in
// place of setpriv, ip and iptables, because real namespaces need root.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "node:test";
import { runPart } from "./run-part.ts";

describe("an engine that cannot be started", { timeout: 20_000 }, () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    for (const path of ["lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/bin/docker"]) {
      await mkdir(join(folder, "root", dirname(path)), { recursive: true });
      await writeFile(join(folder, "root", path), "");
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Starts an engine with these programs and no others, as scripts by name. */
  async function start(
    programs: Record<string, string>,
    state = "state",
  ): Promise<{ said: string; signal: string | null }> {
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const script = `
      const { startEngine } = await import(${JSON.stringify(join(import.meta.dirname, "engine.ts"))});
      const kind = { name: "any", title: "", suite: "", packages: [], command: [], configuration: {} };
      const places = [${JSON.stringify(join(folder, "root"))}, ${JSON.stringify(join(folder, state))}];
      const options = { onLine() {}, signal: new AbortController().signal };
      await startEngine(kind, ...places, options).catch(({ code, message }) => console.log(code, message));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      detached: true, // a process group of its own, which a signal to process 0 would end
      env: { PATH: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    return { said: said.trim(), signal };
  }

  it("says why there are no namespaces, and ends no other process", async () => {
    const setpriv = "echo 'unshare failed: Operation not permitted' >&2; exit 1";
    assert.deepEqual(await start({ iptables: "", ip: "", setpriv }), {
      said: "E_ENGINE making namespaces: unshare failed: Operation not permitted",
      signal: null,
    });
  });

  it("names the program that is missing", async () => {
    const missing = async (programs: Record<string, string>) => (await start(programs)).said;
    assert.equal(await missing({}), "E_ENGINE iptables --wait -t nat -S: spawn iptables ENOENT");
    assert.equal(await missing({ iptables: "", ip: "" }), "E_ENGINE making namespaces: spawn setpriv ENOENT");
  });

  it("would have a group of its checkout's name, so that another's clean-up leaves it alone", async () => {
    const groupIn = async (state: string) => {
      const setpriv = `/bin/cat ${join(folder, state, "daemon.json")} >&2; exit 1`;
      const { said } = await start({ iptables: "", ip: "", setpriv }, state);
      return /"cgroup-parent":"(rttlab-engine-[0-9a-f]{8})"/.exec(said)?.[1];
    };
    const [one, other] = [await groupIn("one"), await groupIn("other")];
    assert.ok(one !== undefined && other !== undefined);
    assert.notEqual(other, one);
  });

  it("leaves no interface when the rest of its network is refused", async () => {
    const calls = join(folder, "calls");
    const ip = `echo "$@" >>${calls}; [ "$1" != address ] || { echo "not permitted" >&2; exit 2; }`;
    const { said } = await start({ iptables: "", ip, setpriv: "echo $$; read -r line" });
    assert.match(said, /^E_ENGINE ip address add [\d.]+\.1\/30 dev rttlab-e0: not permitted$/);
    assert.match(await readFile(calls, "utf8"), /^link delete rttlab-e0$/m);
  });

  it("leaves no file when its root is not whole", async () => {
    await rm(join(folder, "root", "lib64"), { recursive: true });
    const { said } = await start({ iptables: "", ip: "" });
    assert.match(said, /^E_ENGINE_ROOT finding the engine's docker command: \S+ lacks a loader /);
    assert.deepEqual((await readdir(folder)).sort(), ["ip", "iptables", "root"]);
  });
});

describe("a part of the tests beside an engine", { timeout: 10_000 }, () => {
  const running = (script: string) => ({ beside: ["sh", "-c", script], environment: process.env });
  const { signal } = new AbortController();

  it("has the totals that it ends with", async () => {
    const { passed, failed } = await runPart("any", running("echo '3 passed, 1 failed'"), signal);
    assert.deepEqual([passed, failed], [3, 1]);
  });

  it("is given up at once when interrupted, though it still runs: it ends with its engine", async () => {
    const interruption = new AbortController();
    const unending = runPart("any", running("exec sleep 1"), interruption.signal);
    interruption.abort();
    await assert.rejects(unending, { name: "AbortError" });
  });

  it("rejects where it cannot be started", async () => {
    const nowhere = { beside: ["/nowhere/nsenter"], environment: process.env };
    await assert.rejects(runPart("any", nowhere, signal), { code: "ENOENT" });
  });
});
