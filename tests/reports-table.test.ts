// docs/reports/README.md has every report: its question as its title, its answer word for word, and
// a figure of its own. Below them are studies without one.

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

it("a study that is listed without a report has none, and its own title", () => {
  const listed = [...lines.join("\n").matchAll(/^\| (.+) \| `npm run study run ([\w-]+)` \|$/gm)];
  assert.ok(listed.length > 0);
  for (const [, title, name = ""] of listed) {
    assert.ok(!reports.includes(name), `${name} has a report`);
    assert.equal(/^title: (.+)$/m.exec(readFileSync(`${ROOT}studies/${name}.yaml`, "utf8"))?.[1], title);
  }
});
