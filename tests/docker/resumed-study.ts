// A study that stops and goes on: its runs so far, and that no cell is lost.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Manifest, Run } from "../../analysis/results.ts";
import { MOST_ATTEMPTS } from "../../study/next-run.ts";
import { rttlab } from "./cli.ts";

/** The whole lines of a results folder's runs. */
export async function readRuns(results: string): Promise<Run[]> {
  const text = await readFile(join(results, "runs.ndjson"), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Run);
}

/** Resolves when a study that goes on has so many runs. */
export async function untilRuns(study: ChildProcess, results: string, least: number): Promise<void> {
  const hasRuns = async () => existsSync(join(results, "runs.ndjson")) && (await readRuns(results)).length >= least;
  while (study.exitCode === null && !(await hasRuns())) await delay(50);
  assert.equal(study.exitCode, null, "it ended by itself");
}

/** Reports the runs that there are, measures the others, and checks that no cell is lost. */
export async function resumeWhole(results: string, when: string): Promise<void> {
  const earlier = await readRuns(results);
  const reported = await rttlab("study", "report", results);
  assert.equal(reported.exitCode, 0, `${when}: ${reported.stderr}`);
  assert.match(await readFile(join(results, "report.html"), "utf8"), /The study was stopped after/, when);
  const { exitCode, stderr } = await rttlab("study", "resume", results);
  assert.equal(exitCode, 0, `${when}: ${stderr}`);
  const runs = await readRuns(results);
  assert.deepEqual(runs.slice(0, earlier.length), earlier, when);
  assert.doesNotMatch(await readFile(join(results, "report.html"), "utf8"), /The study was stopped after/, when);
  const { cells, resumed = [] } = JSON.parse(await readFile(join(results, "manifest.json"), "utf8")) as Manifest;
  const { length: fromRun } = earlier;
  assert.deepEqual(
    resumed.map(({ at, ...rest }) => rest),
    [{ fromRun, otherwise: {} }],
    when,
  );
  for (const { id } of cells) {
    const own = runs.filter(({ cell }) => cell === id);
    // A machine that is busy may void all that a cell is given.
    const counted = own.filter(({ voidReason }) => voidReason === null).length;
    assert.ok(counted === 1 || own.length === MOST_ATTEMPTS, `${when}: ${id}: ${voidsOf(own)}`);
  }
  assert.deepEqual(
    runs.map(({ index }) => index),
    runs.map((_, at) => at),
    when,
  );
}

export function voidsOf(runs: readonly Run[]): string {
  return runs.flatMap(({ cell, voidReason }) => (voidReason === null ? [] : [`${cell}: ${voidReason}`])).join("\n");
}
