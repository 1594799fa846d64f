// How a study names the files that it ran with, in repositories made for it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";
import { commitOf } from "./commit.ts";

it("a changed file, another change and a new file each give another digest, and taken back none", async (context) => {
  const root = await mkdtemp(join(tmpdir(), "rttlab-"));
  context.after(() => rm(root, { recursive: true }));
  const git = (...words: string[]) =>
    promisify(execFile)("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@b", ...words]);
  assert.equal(await commitOf(root), "not a git checkout");
  await git("init", "--quiet");
  await writeFile(join(root, "one.ts"), "1\n");
  await git("add", ".");
  await git("commit", "--quiet", "--message", "one");
  const clean = await commitOf(root);
  assert.match(clean, /^[0-9a-f]{12}$/);
  const found = [clean];
  const note = async () => found.push(await commitOf(root));
  await writeFile(join(root, "one.ts"), "2\n");
  await note();
  await writeFile(join(root, "one.ts"), "3\n");
  await note();
  await writeFile(join(root, "new.ts"), "1\n");
  await note();
  await writeFile(join(root, "new.ts"), "2\n");
  await note();
  await symlink(root, join(root, "loop"));
  await note();
  assert.equal(new Set(found).size, found.length, found.join("\n"));
  for (const text of found.slice(1)) assert.match(text, /^[0-9a-f]{12}, with uncommitted changes [0-9a-f]{12}$/);
  await rm(join(root, "loop"));
  await rm(join(root, "new.ts"));
  await writeFile(join(root, "one.ts"), "1\n");
  assert.equal(await commitOf(root), clean);
});
