import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { essayFiles, RUNS, TEMPLATE } from "./essay.ts";
import { fill } from "./fill.ts";
import { predict } from "./network.ts";
import { measured, placesOf, readRuns } from "./runs.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const textOf = (path: string) => readFileSync(join(ROOT, path), "utf8");
const template = textOf(TEMPLATE);
const csv = textOf(RUNS);

it("the essay and its figures are what the template and the runs make, so text and data agree", async () => {
  for (const [path, content] of Object.entries(await essayFiles(template, csv)))
    assert.equal(textOf(path), content, path);
});

it("a run of the study with more users makes an essay that names them", async () => {
  const many = csv.split("\n").filter((line) => line.includes(" users=128 "));
  const more = many.map((line) => line.replace(" users=128 ", " users=1024 ").replace(",128,1024,", ",1024,1024,"));
  assert.ok(more.length >= 30);
  const files = await essayFiles(template, `${csv.trimEnd()}\n${more.join("\n")}\n`);
  assert.match(files["docs/essay.md"] ?? "", /of 1, 8, 32,\s128,\s512\sand\s1024\susers/);
  assert.notEqual(files["docs/reports/structures/essay/rates.svg"], textOf("docs/reports/structures/essay/rates.svg"));
});

it("no number stands in the template but the settings of the study: all results are filled in", () => {
  const settings = ["1", "8", "32", "128", "512", "20", "100"];
  const prose = template.replace(/\{[^}]+\}/g, "").replace(/\]\([^)]*\)/g, "");
  const numbers = prose.match(/\d[\d.,]*\d|\d/g) ?? [];
  assert.ok(numbers.length > 20);
  assert.deepEqual(
    numbers.filter((number) => !settings.includes(number)),
    [],
  );
});

it("the essay has 1,500 to 2,500 words", () => {
  const words = fill(template, readRuns(csv)).split(/\s+/).length;
  assert.ok(words >= 1500 && words <= 2500, `${words} words`);
});

it("braces that say nothing known are refused with what is known", () => {
  const runs = readRuns(csv);
  assert.throws(() => fill("{speed event 1 1KiB}", runs), /known: rate, bytes/);
  assert.throws(() => fill("{rate event 2 1KiB}", runs), /no run of event 2 1024/);
  assert.throws(() => fill("{rate event 1 large}", runs), /"large" is no size/);
});

it("a ratio has its interval, so that no difference is stated which the runs leave open", () => {
  const found = fill("{ratio first prethread 32 1KiB / event 32 1KiB}", readRuns(csv));
  const report = textOf("docs/reports/structures/report.md");
  const [, struck] = /~~With a thread for each of 32 users[^~]*: ([^:~]*) times its time\.~~/.exec(report) ?? [];
  assert.equal(found, struck);
  assert.ok(template.includes("{ratio first prethread 32 1KiB / event 32 1KiB}"));
});

it("what a request costs is what the report says, whenever the processor time was read", () => {
  const runs = readRuns(csv);
  const place = { structure: "event", users: 32, sizeBytes: 1024 };
  const costs = (runs.get("event 32 1024") ?? []).map((row) => Number(row["serverCpuSecondsPerRequest [s]"]));
  const mean = costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
  assert.ok(Math.abs(measured(runs, "cpu", place).value / mean - 1) < 1e-9);
});

it("the runs are read as they are exported, with a comma in why one is void", () => {
  const head = "void,structure,users,size [bytes],requests [1]";
  const csv = `${head}\n"busy, and so ""void""",event,1,1024,5\n,event,8,1024,7\n`;
  assert.deepEqual(
    placesOf(readRuns(csv)).map(({ users }) => users),
    [8],
  );
});

it("past its workers the network serves as many as it has workers, and the others wait outside", () => {
  const runs = readRuns(csv);
  const at = (users: number) => predict(runs, { structure: "prethread", users, sizeBytes: 1024 });
  assert.equal(at(128).rate, at(32).rate);
  assert.ok(Math.abs(at(128).rate * (at(128).response + 0.02) - 128) < 1e-9, "Little's law over all users");
});
