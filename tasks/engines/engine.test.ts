// The start of an engine where this machine refuses namespaces: its programs are stood in for.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";

describe("an engine whose namespaces cannot be made", { timeout: 20_000 }, () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    for (const name of ["iptables", "ip"]) await writeProgram(name, "exit 0");
  });
  after(() => rm(folder, { recursive: true }));

  const writeProgram = (name: string, script: string) =>
    writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

  /** Of a process group of its own, which a wrong signal could end. */
  async function start(): Promise<{ said: string; signal: string | null }> {
    const script = `
      const { startEngine } = await import(${JSON.stringify(join(import.meta.dirname, "engine.ts"))});
      const kind = { name: "any", title: "", suite: "", packages: [], configuration: {} };
      const places = [${JSON.stringify(join(folder, "root"))}, ${JSON.stringify(join(folder, "state"))}];
      await startEngine(kind, ...places).catch(({ code, message }) => console.log(code, message));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      detached: true,
      env: { PATH: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said, [, signal]] = await Promise.all([text(child.stdout), once(child, "exit")]);
    return { said: said.trim(), signal };
  }

  it("is refused with the reason, and no other process is ended", async () => {
    await writeProgram("setpriv", "echo 'unshare failed: Operation not permitted' >&2; exit 1");
    assert.deepEqual(await start(), {
      said: "E_ENGINE making namespaces: unshare failed: Operation not permitted",
      signal: null,
    });
  });

  it("is refused where their program is missing", async () => {
    await rm(join(folder, "setpriv"), { force: true });
    assert.deepEqual(await start(), { said: "E_ENGINE making namespaces: spawn setpriv ENOENT", signal: null });
  });
});
