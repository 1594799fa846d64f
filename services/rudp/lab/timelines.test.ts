// Plays every timeline of timelines/*.cases.md.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { play } from "./timelines/play.ts";
import { readTimelines } from "./timelines/script.ts";

const FOLDER = join(import.meta.dirname, "timelines");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".cases.md"));
const timelines = files.flatMap((name) =>
  readTimelines(readFileSync(join(FOLDER, name), "utf8"), `services/rudp/lab/timelines/${name}`),
);

for (const file of new Set(timelines.map((timeline) => timeline.file))) {
  describe(file, () => {
    for (const timeline of timelines.filter((each) => each.file === file)) it(timeline.title, () => play(timeline));
  });
}

it("there are at least 60 timelines, each with a title of its own", () => {
  const titles = new Set(timelines.map(({ title }) => title));
  assert.equal(titles.size, timelines.length);
  assert.ok(timelines.length >= 60, `${timelines.length}`);
});

it("a script that expects what does not happen fails with its file and line", () => {
  const wrong = ["## Wrong", "```timeline", "0 established", "0 write 1000", "0 > ACK 2 len 1000", "```"].join("\n");
  const [timeline] = readTimelines(wrong, "wrong.md");
  assert.throws(() => play(timeline as never), /^Error: wrong\.md:5: sent instead: 0\.000 > ACK 1 .*len 1000/);
});

it("a script that leaves out what is sent fails too", () => {
  const wrong = ["## Wrong", "```timeline", "0 established", "0 write 1000", "10 state established", "```"].join("\n");
  const [timeline] = readTimelines(wrong, "wrong.md");
  assert.throws(() => play(timeline as never), /^Error: wrong\.md:5: before this, unexpected: 0\.000 > ACK 1/);
});
