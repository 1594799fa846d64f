// The word that names a scenario: one of topology/scenarios, or the path of one's own file.

import { access, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";
import { filesOf, keptFilesBeside } from "../scenarios/files-beside.ts";
import { readScenarioText, SCENARIO_FOLDER, scenarioNames } from "../scenarios/read-scenario.ts";

/** A scenario as it is written, and the texts of the files that it names. */
export interface ScenarioSource {
  text: string;
  files: Readonly<Record<string, string>>;
}

export interface SourcedScenario {
  topology: Topology;
  source: ScenarioSource;
}

/**
 * The topology that `word` names; a slash or `.yaml` makes it a path. Throws E_BAD_SCENARIO_NAME
 * and as readScenario.
 */
export async function readScenarioWord(word: string): Promise<Topology> {
  return (await readScenarioSource(word)).topology;
}

/** The same, with its source. */
export async function readScenarioSource(word: string): Promise<SourcedScenario> {
  const text = await (isPath(word) ? readOwn(word) : readScenarioText(word));
  const { readFile, texts } = keptFilesBeside(isPath(word) ? dirname(word) : SCENARIO_FOLDER);
  const topology = parseScenario(scenarioNameOf(word), text, word, readFile);
  return { topology, source: { text, files: texts } };
}

/** The scenario that `word` named when it had this source. Throws as parseScenario. */
export async function rereadScenario(word: string, source: ScenarioSource): Promise<SourcedScenario> {
  return { topology: parseScenario(scenarioNameOf(word), source.text, word, filesOf(source.files)), source };
}

async function readOwn(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new RttlabError("E_BAD_SCENARIO_NAME", `reading scenario ${path}: the file cannot be read`, { cause });
  }
}

/** A scenario's name in Docker, by the word that commands know. */
export function scenarioNameOf(word: string): string {
  return isPath(word) ? basename(word).replace(/\.ya?ml$/, "") : word;
}

/** Throws E_BAD_SCENARIO_NAME if there is no scenario of that name, or no file at that path. */
export async function demandScenario(word: string): Promise<void> {
  if (isPath(word)) {
    await access(word).catch((cause: unknown) => {
      throw new RttlabError("E_BAD_SCENARIO_NAME", `looking for scenario ${word}: there is no such file`, { cause });
    });
    return;
  }
  const names = await scenarioNames();
  if (names.includes(word)) return;
  throw new RttlabError(
    "E_BAD_SCENARIO_NAME",
    `looking for scenario ${word}: there is none of that name, only ${names.join(", ")}; one of your own goes by its path`,
  );
}

function isPath(word: string): boolean {
  return /[/\\]|\.ya?ml$/.test(word);
}
