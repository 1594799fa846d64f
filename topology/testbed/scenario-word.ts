// The word that names a scenario: one of topology/scenarios, or the path of one's own file.

import { access, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";
import { filesBeside } from "../scenarios/files-beside.ts";
import { readScenario, scenarioNames } from "../scenarios/read-scenario.ts";

/**
 * The topology that `word` names; a slash or `.yaml` makes it a path. Throws E_BAD_SCENARIO_NAME
 * and as readScenario.
 */
export async function readScenarioWord(word: string): Promise<Topology> {
  if (!isPath(word)) return readScenario(word);
  let text: string;
  try {
    text = await readFile(word, "utf8");
  } catch (cause) {
    throw new RttlabError("E_BAD_SCENARIO_NAME", `reading scenario ${word}: the file cannot be read`, { cause });
  }
  return parseScenario(scenarioNameOf(word), text, word, filesBeside(dirname(word)));
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
