import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "node:test";
import { contentHash, contextFiles, contextTar, copiedPaths } from "./context.ts";

describe("the build context of an image", () => {
  let root = "";
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "rttlab-context-"));
    await mkdir(join(root, "lib", "deep"), { recursive: true });
    await writeFile(join(root, "lib", "a.ts"), "a");
    await writeFile(join(root, "lib", "a.test.ts"), "test");
    await writeFile(join(root, "lib", ".hidden"), "hidden");
    await writeFile(join(root, "lib", "deep", "run"), "#!/bin/sh\n");
  });
  afterEach(() => rm(root, { recursive: true }));

  it("is what the Dockerfile copies, in order, whatever else it does", () => {
    const dockerfile =
      "FROM x\n# COPY no\nCOPY --chown=1 lib/ services /rttlab/\nRUN cp a b\ncopy node /usr/bin/node\n";
    assert.deepEqual(copiedPaths(dockerfile), ["lib", "services", "node"]);
  });

  it("refuses a form of COPY that it would misread", () => {
    for (const line of ['COPY ["a", "b"]', "COPY *.ts /x/", "COPY a b \\", "COPY a"]) {
      assert.throws(() => copiedPaths(line), { code: "E_IMAGE_BUILD" }, line);
    }
  });

  it("leaves out tests and dot files, and takes staged paths from where they are", async () => {
    await writeFile(join(root, "elsewhere"), "node");
    const files = await contextFiles(["node", "lib"], root, { node: join(root, "elsewhere") });
    assert.deepEqual(
      files.map(({ path }) => path),
      ["lib/a.ts", "lib/deep/run", "node"],
    );
  });

  it("has a hash that changes with a content, a name and the rest that goes in, and with nothing else", async () => {
    const hash = async (others = ["dockerfile"]) => contentHash(await contextFiles(["lib"], root, {}), others);
    const before = await hash();
    await writeFile(join(root, "lib", "a.test.ts"), "changed");
    assert.equal(await hash(), before);
    assert.notEqual(await hash(["another"]), before);
    await writeFile(join(root, "lib", "a.ts"), "b");
    const changed = await hash();
    assert.notEqual(changed, before);
    await writeFile(join(root, "lib", "a.ts"), "a");
    assert.equal(await hash(), before);
    await writeFile(join(root, "lib", "b.ts"), "");
    assert.notEqual(await hash(), before);
  });

  it("is a tar in which programs are executable by their first bytes, on every system", async () => {
    const tar = await buffer(contextTar("FROM x\n", await contextFiles(["lib"], root, {})));
    assert.deepEqual(tarModes(tar), { Dockerfile: "644", "lib/a.ts": "644", "lib/deep/run": "755" });
  });
});

/**
 * Names and modes of a ustar archive: blocks of 512 bytes, the name at 0, the mode at 100, the size
 * at 124 (POSIX pax).
 */
function tarModes(tar: Buffer): Record<string, string> {
  const modes: Record<string, string> = {};
  for (let at = 0; at < tar.length && tar[at] !== 0; ) {
    const field = (offset: number, length: number) =>
      tar
        .subarray(at + offset, at + offset + length)
        .toString()
        .replace(/[\0 ].*$/s, "");
    modes[field(0, 100)] = Number.parseInt(field(100, 8), 8).toString(8);
    at += 512 + Math.ceil(Number.parseInt(field(124, 12), 8) / 512) * 512;
  }
  return modes;
}
