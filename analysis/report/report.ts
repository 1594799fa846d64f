// From results to the files of a report: `report.html`, which holds everything, and `report.md`
// with its drawings beside it.

import { type Analysis, analyse } from "../analyse.ts";
import { drawPlots } from "../plots/plots.ts";
import type { Manifest, Run } from "../results.ts";
import { composeReport } from "./compose.ts";
import type { ReportState } from "./document.ts";
import { reportHtml } from "./html.ts";
import { reportMarkdown } from "./markdown.ts";

export interface Report {
  analysis: Analysis;
  /** Contents by path from the report's folder. */
  files: ReadonlyMap<string, string>;
}

const PLOTS = "plots";

export async function makeReport(
  manifest: Manifest,
  runs: Iterable<Run>,
  { state = "whole" }: { state?: ReportState } = {},
): Promise<Report> {
  const analysis = analyse(manifest, runs);
  const plots = await drawPlots(analysis);
  const document = composeReport(analysis, plots, state);
  const files = new Map([
    ["report.html", reportHtml(document)],
    ["report.md", reportMarkdown(document, PLOTS)],
    ...plots.map(({ name, svg }) => [`${PLOTS}/${name}.svg`, svg] as const),
  ]);
  return { analysis, files };
}
