// The lab's exercises and the instructions of the assignments: every command line is run as it is
// printed, in the order of its page. The pages follow each other as a reader goes through them, so
// one testbed serves all but the exercise that has a scenario of its own.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { asWritten, REPOSITORY, rttlab } from "./cli.ts";
import { commandLines } from "./written-commands.ts";

const pages = ["assignments/web-server.md", "assignments/transport.md"];
for (const name of await readdir(join(REPOSITORY, "docs", "lab"))) {
  if (name.endsWith(".md")) pages.push(`lab/${name}`);
}
const exercises = await Promise.all(
  pages.map(async (page) => ({ page, commands: commandLines(await readFile(join(REPOSITORY, "docs", page), "utf8")) })),
);

describe("a page of the lab", () => {
  after(async () => {
    await rttlab("topology", "down", "one-path");
    await rttlab("topology", "down", "workers");
  });

  for (const { page, commands } of exercises.filter((exercise) => exercise.commands.length > 0)) {
    it(`${page} does what it prints`, async () => {
      for (const { command, line } of commands) {
        const { exitCode, stdout, stderr } = await asWritten(command);
        assert.equal(exitCode, 0, `line ${line}: ${command}\n${stdout}\n${stderr}`);
      }
    });
  }

  it("is one of four exercises, each with commands", () => {
    const withCommands = exercises.filter(({ page, commands }) => page.startsWith("lab/") && commands.length > 2);
    assert.equal(withCommands.length, 4);
  });
});
