// Images' npm packages are fetched into a folder of their own, which touches nothing else of the
// repository. The repository here is a small one in a temporary folder, so that a mistake harms no
// one's node_modules.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stageDependencies, stageNode } from "../../topology/apply/stage.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/**
 * The machine number of ELF for AArch64, 183, in the two bytes at 18 (ELF for the Arm 64-bit
 * Architecture).
 */
const AARCH64 = 183;

describe("staging for another architecture", { timeout: 300_000 }, () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "rttlab-stage-"));
    for (const part of ["package.json", "package-lock.json", "services/package.json", "services/package-lock.json"]) {
      await cp(join(ROOT, part), join(root, part));
    }
    await mkdir(join(root, "node_modules", "sentinel"), { recursive: true });
    await writeFile(join(root, "node_modules", "sentinel", "package.json"), '{"name":"sentinel","version":"1.0.0"}');
  });
  after(() => rm(root, { recursive: true }));

  it("the repository's own node_modules stay as they are", async () => {
    const node = await stageNode(root, "arm64");
    const modules = await stageDependencies(root, "arm64");
    assert.deepEqual(await readdir(join(root, "node_modules")), ["sentinel"]);
    assert.equal(await elfMachine(node), AARCH64);
    assert.ok((await readdir(modules)).includes("prom-client"));
  });

  it("builds beside each other fetch once, and what is there is not fetched again", async () => {
    await rm(join(root, ".rttlab"), { recursive: true, force: true });
    const both = await Promise.all([stageDependencies(root, "x64"), stageDependencies(root, "x64")]);
    assert.equal(both[0], both[1]);
    await writeFile(join(both[0], "mark"), "");
    await stageDependencies(root, "x64");
    assert.ok((await readdir(both[0])).includes("mark"));
    assert.equal((await readdir(join(root, ".rttlab", "stage"))).length, 1);
  });
});

async function elfMachine(path: string): Promise<number> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
  return buffer.readUInt16LE(18);
}
