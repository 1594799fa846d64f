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
import { RttlabError } from "../../lib/errors.ts";
import { withMarkedText } from "../../lib/marked-text.ts";
import { writeWhole } from "./whole.ts";

/** E_USAGE unless there is a page for what is published in the folder, docs/reports/NAME. */
export async function requirePage(report: string): Promise<void> {
  await access(besideReports(report, "reproduced.md")).catch((cause) => {
    const why = `${report} is no published report, docs/reports/NAME, and has no page`;
    throw new RttlabError("E_USAGE", `recording that a study was run again: ${why}`, { cause });
  });
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
