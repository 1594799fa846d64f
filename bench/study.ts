// `npm run bench study`: analysis and report of 20,000 made-up runs, against the floors: 20 s, 600
// MB of memory, a page of 5 MB. `npm run bench study demo FOLDER` writes the report of a small
// made-up study instead, to look at.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runsAsCsv } from "../analysis/csv.ts";
import { makeReport } from "../analysis/report/report.ts";
import { columns } from "../lib/columns.ts";
import { type SyntheticStudy, syntheticStudy } from "../tests/study/synthetic.ts";

const FLOORS = { seconds: 20, megabytes: 600, pageMegabytes: 5 };
/** 4 plans × 10 × 10 × 5 cells, ten times. */
const LARGE = {
  rtts: [1, 2, 5, 10, 20, 50, 100, 150, 200, 300],
  rates: [1, 2, 3, 5, 8, 10, 20, 30, 50, 100].map((mbit) => mbit * 1e6),
  objectBytes: [1024, 4096, 10_240, 102_400, 307_200],
};

const [what, folder = "results/demo"] = process.argv.slice(2);
if (what === "demo") await demonstrate(folder);
else await measure();

async function measure(): Promise<void> {
  const study = syntheticStudy(LARGE);
  const started = performance.now();
  const { files } = await makeReport(study.manifest, study.runs);
  const seconds = (performance.now() - started) / 1000;
  const csv = [...runsAsCsv(study.manifest, study.runs)].length - 1;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const pageMegabytes = Buffer.byteLength(files.get("report.html") ?? "") / 1e6;
  const { cells } = study.manifest;
  process.stdout.write(`${study.runs.length} runs in ${cells.length} cells, ${csv} exported\n`);
  const rows = [
    rowOf("analysis and report, s", seconds, FLOORS.seconds),
    rowOf("memory of the process, MB", megabytes, FLOORS.megabytes),
    rowOf("report.html, MB", pageMegabytes, FLOORS.pageMegabytes),
  ];
  process.stdout.write(`${columns(rows, { left: 1, indent: "  " })}\n`);
}

function rowOf(name: string, value: number, floor: number): string[] {
  return [name, value.toFixed(1), `at most ${floor}: ${value <= floor ? "reached" : "not reached"}`];
}

async function demonstrate(into: string): Promise<void> {
  const study: SyntheticStudy = syntheticStudy();
  const { files } = await makeReport(study.manifest, study.runs);
  const all = new Map([...files, ["runs.csv", [...runsAsCsv(study.manifest, study.runs)].join("")]]);
  for (const [path, content] of all) {
    await mkdir(dirname(join(into, path)), { recursive: true });
    await writeFile(join(into, path), content);
  }
  process.stdout.write(`${join(into, "report.html")}\n`);
}
