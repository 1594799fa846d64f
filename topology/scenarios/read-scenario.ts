// The scenarios that come with the testbed, read from this folder; topology/model interprets their
// text.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import type { Topology } from "../model/topology.ts";
import { filesBeside } from "./files-beside.ts";

/** The folder of the scenarios that come with the testbed. */
export const SCENARIO_FOLDER = import.meta.dirname;

/**
 * The scenario of that name. Throws E_BAD_SCENARIO_NAME with the existing names, and as
 * parseScenario does.
 */
export async function readScenario(name: string, folder = SCENARIO_FOLDER): Promise<Topology> {
  return parseScenario(name, await readScenarioText(name, folder), name, filesBeside(folder));
}

/** Its text. Throws E_BAD_SCENARIO_NAME with the existing names. */
export async function readScenarioText(name: string, folder = SCENARIO_FOLDER): Promise<string> {
  const names = await scenarioNames(folder);
  if (!names.includes(name)) {
    throw new RttlabError(
      "E_BAD_SCENARIO_NAME",
      `reading scenario ${name}: there is none of that name, only ${names.join(", ")}`,
    );
  }
  return readFile(join(folder, `${name}.yaml`), "utf8");
}

/** The names of the scenarios in the folder, sorted. */
export async function scenarioNames(folder = SCENARIO_FOLDER): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}
