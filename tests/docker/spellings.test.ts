// Every command line of the documents is run exactly as it is printed, in the order of the page,
// through npm where it says npm.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { asWritten, REPOSITORY, rttlab } from "./cli.ts";
import { commandLines } from "./written-commands.ts";

const pages = [
  "README.md",
  ...(await readdir(join(REPOSITORY, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];

for (const page of pages) {
  const commands = commandLines(await readFile(join(REPOSITORY, page), "utf8"));
  if (commands.length === 0) continue;
  describe(page, () => {
    after(() => rttlab("topology", "down", "all"));
    for (const { command, line } of commands) {
      it(`line ${line}: ${command}`, async () => {
        const { exitCode, stdout, stderr } = await asWritten(command);
        assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
        if (/\bjson\b/.test(command))
          JSON.parse(stdout.slice(command.includes("-s ") || command.startsWith("./") ? 0 : stdout.search(/^[[{]/m)));
      });
    }
  });
}

it("the documents hold command lines at all", async () => {
  assert.ok(commandLines(await readFile(join(REPOSITORY, "README.md"), "utf8")).length >= 5);
});
