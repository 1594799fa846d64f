// Results of parts of the tests on engines: records that are kept beside docs/engines.md, the table
// there, and what README says of it.

import type { Mark } from "../../lib/marked-text.ts";
import { wrapped } from "../../lib/wrap.ts";

/** On each page that says what ran. */
export const MARK: Mark = { name: "engines", by: "npm run engines record" };

/** Of the last line of `npm test`. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** One part on one engine. */
export interface EngineResult extends Totals {
  /** Its name among ENGINES. */
  engine: string;
  part: string;
  /** Of the engine, and of the API that was spoken. */
  version: string;
  apiVersion: string;
  /** Day of the run, as 2026-11-28. */
  date: string;
  seconds: number;
  /** The code with which `topology plan` refused the engine, so that the part was not run. */
  refusal?: string;
}

/** Totals by the words that a run of tests ended with; without them it failed. */
export function readTotals(lastWords: string): Totals {
  const [, passed, failed, skipped] =
    /(?:^|\n)(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(lastWords) ?? [];
  if (passed === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
}

/** A line of JSON for each. */
export function resultLines(results: readonly EngineResult[]): string {
  return results.map((result) => `${JSON.stringify(result)}\n`).join("");
}

export function readResults(lines: string): EngineResult[] {
  return lines.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

/** Earlier results, but for those of the same engine and part. */
export function mergeResults(earlier: readonly EngineResult[], later: readonly EngineResult[]): EngineResult[] {
  const isAnew = (one: EngineResult) => later.some(({ engine, part }) => engine === one.engine && part === one.part);
  return [...earlier.filter((one) => !isAnew(one)), ...later];
}

/** A Markdown table with a row for each engine that has results, in the order of `engines`. */
export function engineTable(
  results: readonly EngineResult[],
  engines: readonly { name: string; title: string }[],
): string {
  const parts = [...new Set(results.map(({ part }) => part))].sort();
  const rows = engines.flatMap(({ name, title }) => {
    const own = results.filter(({ engine }) => engine === name);
    if (own.length === 0) return [];
    const versions = [...new Set(own.map(({ version, apiVersion }) => `${version} (API ${apiVersion})`))].join(", ");
    const dates = [...new Set(own.map(({ date }) => date))].sort().join(", ");
    const cells = parts.map((part) => cell(own.find((one) => one.part === part)));
    return [[`\`${name}\`: ${title}`, versions, ...cells, dates]];
  });
  const head = ["engine", "version", ...parts, "run on"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

/** A paragraph for README: where tests passed, where some failed, where `plan` refuses. */
export function engineSummary(results: readonly EngineResult[], engines: readonly { name: string }[]): string {
  const outcomes = engines.flatMap(({ name }) => {
    const own = results.filter(({ engine }) => engine === name);
    return own.slice(0, 1).map(({ version }) => ({ name, version: upstream(version), outcome: outcomeOf(own) }));
  });
  const clauses = OUTCOMES.flatMap(([wanted, words]) => {
    const those = outcomes.filter(({ outcome }) => outcome === wanted);
    return those.length === 0 ? [] : [`${words} ${byVersion(those)}`];
  });
  return wrapped(`**Engines**: ${clauses.join("; ")}. [The table](docs/engines.md) has what ran.`, 100).join("\n");
}

const OUTCOMES = [
  ["passed", "tests passed on"],
  ["failed", "some failed on"],
  ["refused", "`plan` refuses, with what to change,"],
] as const;

function outcomeOf(results: readonly EngineResult[]): (typeof OUTCOMES)[number][0] {
  if (results.some(({ failed }) => failed > 0)) return "failed";
  return results.some(({ refusal }) => refusal !== undefined) ? "refused" : "passed";
}

/** Such as: 28.5.2 (`sid`, `ipv6`), 26.1.5 (`trixie`). */
function byVersion(engines: readonly { name: string; version: string }[]): string {
  const groups = Object.entries(Object.groupBy(engines, ({ version }) => version));
  return groups
    .map(([version, same = []]) => `${version} (${same.map(({ name }) => `\`${name}\``).join(", ")})`)
    .join(", ");
}

/** Without Debian's part, which begins with a plus sign. */
function upstream(version: string): string {
  return version.replace(/\+.*/, "");
}

function cell(result: EngineResult | undefined): string {
  if (result === undefined) return "not run";
  const { passed, failed, skipped, refusal } = result;
  if (refusal !== undefined) return `refused: \`${refusal}\``;
  const left = skipped > 0 ? `, ${skipped} skipped` : "";
  return failed > 0 ? `**${failed} of ${passed + failed} failed**${left}` : `${passed} of ${passed}${left}`;
}
