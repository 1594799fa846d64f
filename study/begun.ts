// A study that has begun, read again from its results: its source, its scenario, and the cells that
// it has there. Early versions did not keep the scenario, which is then read where it was.

import type { Manifest } from "../analysis/results.ts";
import { RttlabError } from "../lib/errors.ts";
import { filesOf } from "../topology/scenarios/files-beside.ts";
import { readScenarioSource, rereadScenario } from "../topology/testbed/scenario-word.ts";
import { expand } from "./expand.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { type LoadedStudy, readSourced } from "./files.ts";
import { readResults } from "./results/store.ts";
import { smokeOf } from "./smoke.ts";

/** `command`: the one that began it. Throws E_BAD_RESULTS, and as readStudy. */
export async function loadBegun(folder: string): Promise<{ loaded: LoadedStudy; cells: StudyCell[]; command: string }> {
  const { manifest } = await readResults(folder);
  const { name, source, files = {}, scenario: begunOn, command } = manifest;
  if (source === undefined)
    throw new RttlabError("E_BAD_RESULTS", `resuming ${folder}: its manifest has no source, the study's text`);
  const scenarioOf = (word: string) =>
    begunOn === undefined ? readScenarioSource(word) : rereadScenario(word, begunOn);
  const { study: whole, topology, scenario } = await readSourced(name, source, scenarioOf, filesOf(files));
  const known = new Set(manifest.cells.map(({ id }) => id));
  const { study, cells: its } = begunStudy(whole, manifest);
  const cells = its.filter(({ id }) => known.has(id));
  if (cells.length !== known.size)
    throw new RttlabError("E_BAD_RESULTS", `resuming ${folder}: its cells are not those of its study`);
  return { loaded: { study, topology, scenario, source, files }, cells, command };
}

/** The study and the cells that a manifest is of: all of the study, or its smoke. */
export function begunStudy(
  whole: Study,
  { isSmoke, cells, predictions }: Manifest,
): { study: Study; cells: StudyCell[] } {
  // Those of a smoke are of its shortened cells.
  const all = expand(whole, isSmoke === true ? null : predictions);
  // Early versions do not say, and a smoke of as few cells as the study was taken for the study.
  return (isSmoke ?? all.length > cells.length) ? smokeOf(whole, all) : { study: whole, cells: all };
}
