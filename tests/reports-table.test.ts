// docs/reports/README.md has every report: its question as its title, its answer word for word, and
// a figure of its own. Below them are studies without one, if there are any.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { it } from "node:test";
import { ROOT } from "./rules/sources.ts";

const FOLDER = `${ROOT}docs/reports/`;
const reports = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const lines = readFileSync(`${FOLDER}README.md`, "utf8").split("\n");
const rows = lines.filter((line) => line.startsWith("| ["));

it("the table of reports has a row for each, with the report's own title and sentence", () => {
  assert.equal(rows.length, reports.length);
  for (const name of reports) {
    const row = rows.find((line) => line.includes(`](${name}/report.md)`));
    assert.ok(row !== undefined, `${name} has no row`);
    const [, answer = "", figure = ""] = row.split(" | ");
    const title = /^\| \[(.+?)\]\(/.exec(row)?.[1] ?? "";
    const report = readFileSync(`${FOLDER}${name}/report.md`, "utf8");
    assert.ok(report.startsWith(`# ${title}\n`), `${name}: its title is not "${title}"`);
    assert.ok(report.split("\n").includes(answer), `${name} does not say: ${answer}`);
    assert.match(figure, new RegExp(`\\(${name}/plots/[\\w-]+\\.svg\\)`));
  }
});

it("a study that comes along has a row, or is listed below by its own title as one without a report", () => {
  const listed = [...lines.join("\n").matchAll(/^\| (.+) \| `npm run study run ([\w-]+)` \|$/gm)];
  const titles = new Map(listed.map(([, title, name]) => [name, title]));
  const studies = readdirSync(`${ROOT}studies`).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? []);
  assert.ok(studies.length >= reports.length);
  for (const name of studies) {
    assert.notEqual(reports.includes(name), titles.has(name), `${name} is to have a row or be listed, not both`);
    if (!titles.has(name)) continue;
    assert.equal(/^title: (.+)$/m.exec(readFileSync(`${ROOT}studies/${name}.yaml`, "utf8"))?.[1], titles.get(name));
  }
});
