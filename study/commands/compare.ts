// `study compare FOLDER FOLDER`: whether a study reproduced. Each cell is the same, different or
// inconclusive, by tests against a margin, over runs. Exit 0 if all are the same, 1 if any differs,
// 5 if that is inconclusive, as it is where only one study has measured a cell, or where the two
// asked for different things. The word `record` writes it onto docs/reproduced.md.

import { analyse } from "../../analysis/analyse.ts";
import type { Change } from "../../analysis/circumstances.ts";
import { type Comparison, compareStudies } from "../../analysis/compare.ts";
import { formatEstimate } from "../../analysis/format.ts";
import { reproductionOf } from "../../analysis/report/reproductions.ts";
import { stoppingThreat } from "../../analysis/report/threats.ts";
import type { Manifest } from "../../analysis/results.ts";
import { subjectsOf } from "../../analysis/subjects.ts";
import { columns } from "../../lib/columns.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { pageProblems, recordReproduction } from "../results/record.ts";
import { type Results, readResults } from "../results/store.ts";

const EXITS = { same: 0, different: 1, inconclusive: 5 } as const;

export async function compare([first = "", second = "", ...words]: string[], output: Output): Promise<number> {
  const { margin, of, isRecorded, problems } = readWords(words);
  const found = await Promise.allSettled([first, second].map(readPublished));
  const [one, other] = found.flatMap((read) => (read.status === "fulfilled" ? read.value : []));
  const unread = found.flatMap((read) => (read.status === "rejected" ? read.reason : []));
  if (one !== undefined) problems.push(...unmeasured(one.manifest, of));
  if (isRecorded) problems.push(...(await pageProblems(first)));
  if (one === undefined || other === undefined || problems.length > 0) throw refusal([first, second], problems, unread);
  const { quantities, notCompared } = chosen(one.manifest, of);
  const analyses = [analyse(one.manifest, one.runs), analyse(other.manifest, other.runs)] as const;
  const comparison = compareStudies(...analyses, { margin, quantities });
  if (isRecorded) await recordReproduction(first, reproductionOf([one.manifest, other.manifest], comparison, margin));
  await output.result({ first, second, margin, ...comparison, notCompared }, () =>
    [
      ...linesOf(comparison),
      ...new Set([one, other].flatMap(({ manifest }) => stoppingThreat(manifest))),
      ...(notCompared.length === 0 ? [] : [`drawn and not compared: ${notCompared.join(", ")}`]),
      `${comparison.verdict}, against a margin of ${Number((margin * 100).toPrecision(12))} %`,
    ].join("\n"),
  );
  return EXITS[comparison.verdict];
}

/** Those of a published report, too. */
const readPublished = (folder: string): Promise<Results> => readResults(folder, { published: true });

/** Everything that is wrong; of one folder that cannot be read its own error. */
function refusal(folders: readonly string[], problems: readonly Problem[], [unread, ...more]: RttlabError[]): Error {
  if (unread !== undefined && problems.length + more.length === 0) return unread;
  const ofFolders = [unread, ...more].flatMap((error): Problem[] => {
    if (error === undefined) return [];
    const [path = "", message = ""] = error.message.split(/: (.*)/s);
    return [{ code: error.code, path, message, allowed: "" }];
  });
  const code = problems.length > 0 ? "E_USAGE" : "E_BAD_RESULTS";
  return new RttlabError(code, `comparing ${folders.join(" with ")}: refused`, {
    problems: [...problems, ...ofFolders],
  });
}

const USAGE = "margin=5%, of=requestSeconds,connectSeconds and record";

interface Words {
  margin: number;
  of: string[] | null;
  /** On docs/reproduced.md. */
  isRecorded: boolean;
  problems: Problem[];
}

function readWords(words: readonly string[]): Words {
  const read: Words = { margin: 0.05, of: null, isRecorded: false, problems: [] };
  const refuse = (code: string, path: string, message: string, allowed: string) =>
    read.problems.push({ code, path, message, allowed });
  for (const word of words) {
    const [, percent, names] = /^(?:margin=(\d+(?:\.\d+)?)%|of=(\w+(?:,\w+)*))$/.exec(word) ?? [];
    if (word === "record") read.isRecorded = true;
    else if (Number(percent) === 0)
      refuse("E_OUT_OF_RANGE", word, "no two means are so near", "more, such as margin=5%");
    else if (percent !== undefined) read.margin = Number(percent) / 100;
    else if (names !== undefined) read.of = names.split(",");
    else refuse("E_UNKNOWN_KEY", word, "is no word of a comparison", USAGE);
  }
  return read;
}

/** Those that are asked for, else those that the study is about. */
function chosen(manifest: Manifest, of: readonly string[] | null) {
  const { subjects, others } = subjectsOf(manifest);
  return of === null ? { quantities: subjects, notCompared: others } : { quantities: of, notCompared: [] };
}

function unmeasured({ quantities }: Manifest, of: readonly string[] | null): Problem[] {
  const known = quantities.map(({ name }) => name);
  const unknown = (of ?? []).filter((name) => !known.includes(name));
  const code = "E_UNKNOWN_QUANTITY";
  return unknown.map((name) => ({ code, path: "of", message: `no run measures ${name}`, allowed: known.join(", ") }));
}

function linesOf({ cells, unmatched, quantities, differences }: Comparison): string[] {
  const rows = cells.map(({ verdict, quantity, cell, ratio }) => [
    verdict,
    quantity,
    cell.id,
    `x ${formatEstimate(ratio)}`,
  ]);
  return [
    columns([...rows, ...unmatched.map((id) => ["only in one", id])]),
    ...differences.asked.map((change) => `asked otherwise: ${describeChange(change)}`),
    ...differences.found.map((change) => `found otherwise: ${describeChange(change)}`),
    ...(differences.unknown.length === 0 ? [] : [`not known of one: ${differences.unknown.join(", ")}`]),
    ...quantities.map(
      ({ quantity, same, different, inconclusive }) =>
        `${quantity}: ${same} same, ${different} different, ${inconclusive} inconclusive`,
    ),
  ];
}

function describeChange({ name, before, after }: Change): string {
  return `${name}: ${before}, then ${after}`;
}
