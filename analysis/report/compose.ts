// The report of a study, section by section, from its analysis: question, answer, setup, plots,
// tables, effects, model, voids, threats, and how to repeat it. Only titles and reading aids are
// written here; every finding comes from the study's conclusions. A smoke has none.

import type { Analysis } from "../analyse.ts";
import { concludeStudy, type Finding, judgeCondition, type Status } from "../conclude/conclude.ts";
import { numbered } from "../format.ts";
import type { Plot } from "../plots/plots.ts";
import type { Manifest } from "../results.ts";
import { groupAlike } from "./alike.ts";
import type { Block, ReportDocument, ReportState } from "./document.ts";
import { modelSection } from "./model-section.ts";
import { setupSection } from "./setup-section.ts";
import { effectsTable, latencyTable, quantityTables } from "./tables.ts";
import { threatsFound } from "./threats.ts";
import { wireTable } from "./wire-table.ts";

export function composeReport(analysis: Analysis, plots: readonly Plot[], state: ReportState): ReportDocument {
  const { manifest, counted } = analysis;
  const isSmoke = manifest.isSmoke === true;
  const planned = manifest.order.length;
  const warnings: Record<ReportState, Block[]> = {
    running: [
      warning(
        `The study is running: ${counted} of ${planned} runs so far${lastBegun(analysis)}. Nothing below is final. If this page stays as it is for some minutes, the study was killed: \`npm run study resume FOLDER\` goes on.`,
      ),
    ],
    stopped: [
      warning(
        `The study was stopped after ${counted} of ${planned} runs. Nothing below is final; \`npm run study resume FOLDER\` goes on.`,
      ),
    ],
    whole: [],
  };
  const blocks: Block[] = [
    ...(isSmoke ? [smokeWarning(manifest)] : []),
    ...warnings[state],
    heading("Question"),
    paragraph(manifest.question),
    paragraph(`Hypothesis, written down before the first run: ${manifest.hypothesis}`),
    ...(isSmoke ? [] : [...hypothesisVerdict(analysis), ...findingsSections(analysis)]),
    ...setupSection(analysis),
    ...section(
      "Plots",
      plots.map((plot): Block => ({ kind: "figure", plot })),
    ),
    ...section("Results by cell", [...quantityTables(analysis), ...latencyTable(analysis), ...wireTable(analysis)]),
    ...section("Effects", effectsTable(analysis)),
    ...modelSection(analysis),
    ...voidSection(analysis),
    heading("Threats to validity"),
    { kind: "list", items: [...manifest.threats, ...threatsFound(analysis)] },
    heading("Run it again"),
    { kind: "code", text: manifest.command },
    paragraph(
      `Seed ${manifest.seed} gives the same order of runs and the same resampling. The same results give this report byte for byte.`,
    ),
  ];
  return { title: manifest.title, state, blocks };
}

function smokeWarning({ cells }: Manifest): Block {
  return warning(
    `A smoke: ${numbered(cells.length, "cell")} of the study, once each and mostly shortened. It shows that the study runs, and answers nothing.`,
  );
}

/** A page that nobody writes any more shows that by its time. */
function lastBegun({ cells, voids }: Analysis): string {
  const times = [...voids, ...cells.flatMap(({ runs }) => runs)].map(({ startedAt }) => startedAt).sort();
  return times.length === 0 ? "" : `, the last begun ${times.at(-1)}`;
}

const VERDICTS: Readonly<Record<Status, string>> = {
  supported: "The hypothesis holds.",
  contradicted: "The hypothesis does not hold: the data contradict it.",
  open: "The data do not decide the hypothesis.",
};

function hypothesisVerdict(analysis: Analysis): Block[] {
  const { hypothesisHolds } = analysis.manifest;
  if (hypothesisHolds === undefined) return [paragraph("The study's file has no condition that decides it.")];
  const { status, condition, reasons } = judgeCondition(hypothesisHolds, analysis);
  return [paragraph(VERDICTS[status]), { kind: "list", items: [`Condition: ${condition}`, ...reasons] }];
}

function findingsSections(analysis: Analysis): Block[] {
  const findings = concludeStudy(analysis);
  const answers = findings.filter(({ isAnswer }) => isAnswer);
  const others = findings.filter(({ isAnswer }) => !isAnswer);
  return [
    heading("Answer"),
    ...(answers.length === 0 ? [paragraph("The study's file names no answer.")] : answers.map(finding)),
    ...section("Further findings", others.map(finding)),
  ];
}

function section(title: string, blocks: readonly Block[]): Block[] {
  return blocks.length === 0 ? [] : [heading(title), ...blocks];
}

function heading(text: string): Block {
  return { kind: "heading", text };
}

function paragraph(text: string): Block {
  return { kind: "paragraph", text };
}

function warning(text: string): Block {
  return { kind: "warning", text };
}

function finding(one: Finding): Block {
  return { kind: "finding", finding: one };
}

function voidSection({ voids, manifest }: Analysis): Block[] {
  const reasons = groupAlike(voids, ({ voidReason }) => voidReason ?? "");
  if (voids.length === 0) return [heading("Void runs"), paragraph("None.")];
  const MOST_REASONS = 50;
  const items = reasons
    .toSorted((one, other) => other.items.length - one.items.length)
    .slice(0, MOST_REASONS)
    .map(({ text: reason, items: runs }) => {
      const cells = new Set(runs.map(({ cell }) => cell)).size;
      return `${runs.length} × ${reason} (in ${cells} of ${numbered(manifest.cells.length, "cell")}; run ${runs
        .slice(0, 5)
        .map(({ index }) => index)
        .join(", ")}${runs.length > 5 ? ", …" : ""})`;
    });
  return [
    heading("Void runs"),
    paragraph(
      `${voids.length === 1 ? "1 run does not count. It is" : `${voids.length} runs do not count. They are`} kept in the results, with ${voids.length === 1 ? "its reason" : "their reasons"}:`,
    ),
    { kind: "list", items },
  ];
}
