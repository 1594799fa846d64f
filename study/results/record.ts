// Records of published studies that were run again, and the page that shows them:
// docs/reproduced.ndjson and docs/reproduced.md.

import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  MARK,
  type Reproduction,
  readReproductions,
  reproductionLines,
  reproductionTables,
  withReproduction,
} from "../../analysis/report/reproductions.ts";
import type { Problem } from "../../lib/errors.ts";
import { withMarkedText } from "../../lib/marked-text.ts";
import { writeWhole } from "./whole.ts";

/** One unless there is a page for what is published in the folder. */
export async function pageProblems(report: string): Promise<Problem[]> {
  const message = `${report} is no published report, and has no page of studies that were run again`;
  const problem = { code: "E_USAGE", path: "record", message, allowed: "docs/reports/NAME as the first" };
  return access(besideReports(report, "reproduced.md")).then(
    () => [],
    () => [problem],
  );
}

export async function recordReproduction(report: string, one: Reproduction): Promise<void> {
  const [page, records] = [besideReports(report, "reproduced.md"), besideReports(report, "reproduced.ndjson")];
  const all = withReproduction(readReproductions(await readFile(records, "utf8")), one);
  await writeWhole(records, reproductionLines(all));
  await writeWhole(page, withMarkedText(await readFile(page, "utf8"), MARK, reproductionTables(all)));
}

function besideReports(report: string, name: string): string {
  return join(report, "..", "..", name);
}
