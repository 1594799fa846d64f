// The word that names a scenario: one of topology/scenarios, or the path of a file of one's own.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario, readScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";

/** The topology that `word` names; a path is told by a slash or by `.yaml`. Throws E_BAD_SCENARIO_NAME and as readScenario. */
export async function readScenarioWord(word: string): Promise<Topology> {
  if (!/[/\\]|\.ya?ml$/.test(word)) return readScenario(word);
  let text: string;
  try {
    text = await readFile(word, "utf8");
  } catch (cause) {
    throw new RttlabError("E_BAD_SCENARIO_NAME", `reading scenario ${word}: the file cannot be read`, { cause });
  }
  return parseScenario(basename(word).replace(/\.ya?ml$/, ""), text);
}
