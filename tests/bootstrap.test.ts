// bin/rttlab from outside, under any Node: what it prints, refuses and passes on.
// docker/fresh-clone.test.ts covers installations from nothing.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, it } from "node:test";
import { findCommand } from "../bin/setup/commands.mjs";
import { withLock } from "../bin/setup/lock.mjs";
import { importsIn } from "../lib/imports.ts";
import { ROOT, repositoryFiles } from "./rules/sources.ts";

const folder = await mkdtemp(join(tmpdir(), "rttlab-bootstrap-"));
after(() => rm(folder, { recursive: true }));

describe("bin/rttlab", () => {
  it("lists every command with an example", async () => {
    const { status, stdout, stderr } = await rttlab(["--help"]);
    assert.equal(status, 0);
    assert.equal(stderr, "");
    for (const word of [
      "topology",
      "check",
      "test",
      "generate",
      "bench",
      "server",
      "load",
      "rudp",
      "soak",
      "engines",
      "study",
    ]) {
      assert.match(stdout, new RegExp(`^ {2}${word} .* {2}\\./bin/rttlab ${word}`, "m"));
    }
  });

  it("refuses words behind a command that takes none, and asks for none", () => {
    for (const words of [["--help"], ["lint", "types"]])
      for (const command of ["check", "generate"])
        assert.throws(() => findCommand(command, words, ROOT), { code: "E_USAGE", message: /it takes no words/ });
    for (const command of ["check", "generate"]) assert.deepEqual(findCommand(command, [], ROOT).words, []);
  });

  it("refuses an unknown word and names the nearest, whatever the slip", async () => {
    const slips = {
      topolgy: "topology",
      topolyg: "topology",
      chek: "check",
      tset: "test",
      bennch: "bench",
      sudy: "study",
    };
    const guess = (slip: string, meant: string) => new RegExp(`"${slip}".*did you mean "${meant}"\\?`);
    for (const [slip, meant] of Object.entries(slips)) {
      assert.throws(() => findCommand(slip, ["up"], ROOT), guess(slip, meant));
    }
    const { status, stdout, stderr } = await rttlab(["topolgy", "up"]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^E_USAGE: /);
    assert.match(stderr, guess("topolgy", "topology"));
  });

  it("sees to Docker before a bench that talks to it, and before no other", () => {
    const texts = new Map(repositoryFiles().map(({ path, text }) => [path, text]));
    const benches = [...texts.keys()].filter((path) => /^bench\/[^/]+\.ts$/.test(path));
    assert.ok(benches.length > 0);
    for (const bench of benches) {
      const reached = new Set([bench]);
      for (const path of reached) {
        for (const { target, kind } of importsIn(path, texts.get(path) ?? ""))
          if (kind === "value") reached.add(target);
      }
      const [, name = ""] = /([^/]+)\.ts$/.exec(bench) ?? [];
      assert.equal(findCommand("bench", [name], ROOT).needsDocker, reached.has("dockerode"), name);
    }
  });

  it("makes no guess at a word that is like none", async () => {
    const { status, stderr } = await rttlab(["constructor".repeat(100)]);
    assert.equal(status, 2);
    assert.doesNotMatch(stderr, /did you mean/);
  });

  it("asks for a word when there is none", async () => {
    const { status, stdout, stderr } = await rttlab([]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: /m);
  });

  it("keeps to the engine that DOCKER_HOST names, and says how to leave it", async () => {
    const missing = `unix://${join(folder, "none.sock")}`;
    const { status, stdout, stderr } = await rttlab(["topology", "status"], { DOCKER_HOST: missing });
    assert.equal(status, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /^E_DOCKER_UNAVAILABLE: .*none\.sock.*DOCKER_HOST/);
    assert.match(stderr, /unset DOCKER_HOST/);
  });
});

describe("the lock of the set-up", () => {
  it("lets one in at a time", async () => {
    const root = await mkdtemp(join(folder, "lock-"));
    const first = Promise.withResolvers<void>();
    const order: string[] = [];
    const entered = Promise.withResolvers<void>();
    const one = withLock(root, async () => {
      entered.resolve();
      await first.promise;
      order.push("first");
    });
    await entered.promise;
    const two = withLock(root, () => void order.push("second"));
    first.resolve();
    await Promise.all([one, two]);
    assert.deepEqual(order, ["first", "second"]);
  });

  it("is taken over from processes that are gone", async () => {
    const root = await mkdtemp(join(folder, "stale-"));
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    await mkdir(join(root, ".rttlab"));
    await writeFile(join(root, ".rttlab", "setup.lock"), `${gone.pid} ${gone.pid}`);
    let entered = false;
    await withLock(root, () => {
      entered = true;
    });
    assert.ok(entered);
  });
});

describe("a command", () => {
  it("gives its exit status to rttlab", async () => {
    const { ended } = await startMain("process.exit(7 as number);");
    assert.deepEqual(await ended, [7, null]);
  });

  it("receives the signal when rttlab is ended, and may end as it likes", async () => {
    const { wrapper, ended } = await startMain(
      'process.once("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1e6); console.log("ready");',
    );
    await once(wrapper.stdout, "data");
    wrapper.kill("SIGTERM");
    assert.deepEqual(await ended, [5, null]);
  });

  it("that dies of a signal takes rttlab with it by the same", async () => {
    const { ended } = await startMain('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1e6);');
    assert.deepEqual(await ended, [null, "SIGTERM"]);
  });
});

/** A process that becomes the given TypeScript, as bin/rttlab does. */
async function startMain(source: string) {
  const main = join(await mkdtemp(join(folder, "main-")), "main.ts");
  await writeFile(main, source);
  const become = `import { runMain } from ${JSON.stringify(new URL("../bin/setup/run.mjs", import.meta.url))};
    await runMain(process.cwd(), process.execPath, ${JSON.stringify(main)}, []);`;
  const wrapper = spawn(process.execPath, ["--input-type=module", "--eval", become], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { wrapper, ended: once(wrapper, "exit") };
}

async function rttlab(words: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["bin/rttlab", ...words], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { status: status as number | null, stdout, stderr };
}
