import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { writeCommand } from "./command.ts";

describe("an engine's own docker command", () => {
  let folder: string;
  let root: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    root = join(folder, "a root");
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function put(...paths: string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), "");
    }
  }

  it("is started by its root's loader with the libraries there", async () => {
    await put("lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu/libc.so.6", "usr/bin/docker");
    await writeCommand(root, join(folder, "bin"));
    const words = [
      ...[`'${root}/lib64/ld-linux-x86-64.so.2'`, "--library-path", `'${root}/usr/lib/x86_64-linux-gnu'`],
      ...[`'${root}/usr/bin/docker'`, '"$@"'],
    ];
    assert.equal(await readFile(join(folder, "bin/docker"), "utf8"), `#!/bin/sh\nexec ${words.join(" ")}\n`);
  });

  it("is refused with all that a root lacks, and nothing is written", async () => {
    await put("usr/lib/x86_64-linux-gnu/libc.so.6");
    await assert.rejects(writeCommand(root, join(folder, "bin")), {
      code: "E_ENGINE_ROOT",
      message: /a root lacks a loader \(.*\), the docker command \(usr\/bin\/docker\); remove it/,
    });
    await assert.rejects(readFile(join(folder, "bin/docker")), { code: "ENOENT" });
  });
});
