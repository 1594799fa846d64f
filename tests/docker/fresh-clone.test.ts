// The first command on a fresh clone sets everything up, also after one that was killed, and the next one takes no time.
// It stands with the slow tests: it installs the dependencies from nothing, twice.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ROOT, repositoryPaths } from "../rules/sources.ts";
import { type Finished, finished } from "./cli.ts";

/** Issue 2 asks for "well under 1 s" when nothing changed; here npm's own start is in it too. */
const NOTHING_CHANGED_MILLIS = 1_000;

describe("a fresh clone", () => {
  let clone: string;

  before(async () => {
    clone = await mkdtemp(join(tmpdir(), "rttlab-clone-"));
    for (const path of repositoryPaths()) await cp(join(ROOT, path), join(clone, path));
  });
  after(() => rm(clone, { recursive: true, force: true }));

  it("is set up by its first command, though one before was killed and another runs at the same time", async () => {
    const killed = start(["run", "-s", "topology", "list"], "node");
    await printed(killed, /installing dependencies/);
    killed.kill("SIGKILL");
    const both = await Promise.all([list(), list()]);
    for (const { exitCode, stdout, stderr } of both) {
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^\s*wan-100ms\s+\S+/m);
      assert.doesNotMatch(stdout, /installing|added/);
    }
  });

  it("runs the next command without setting anything up", async () => {
    const started = performance.now();
    const { exitCode, stdout, stderr } = await list();
    const millis = performance.now() - started;
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /wan-100ms/);
    assert.equal(stderr, "");
    assert.ok(millis < NOTHING_CHANGED_MILLIS, `it took ${millis.toFixed(0)} ms`);
  });

  function list(): Promise<Finished> {
    return finished(start(["run", "-s", "topology", "list"], "npm"));
  }

  /** By npm as a person types it, or by node alone, so that a kill hits rttlab and not npm. */
  function start(words: string[], program: "npm" | "node"): ChildProcess {
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    const argv = program === "npm" ? words : ["bin/rttlab", ...words.slice(2)];
    return spawn(program, argv, { cwd: clone, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  }
});

async function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let seen = "";
  for await (const chunk of child.stderr ?? []) {
    seen += chunk;
    if (pattern.test(seen)) return;
  }
  throw new Error(`it ended without printing ${pattern}: ${seen}`);
}
