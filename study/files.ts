// Where studies are: those of the folder studies/ by name, one's own by its path.

import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RttlabError } from "../lib/errors.ts";
import type { ReadFile } from "../lib/link/jitter-table.ts";
import type { Topology } from "../topology/model/topology.ts";
import { keptFilesBeside } from "../topology/scenarios/files-beside.ts";
import { ROOT } from "../topology/testbed/perform.ts";
import { readScenarioSource, type ScenarioSource, type SourcedScenario } from "../topology/testbed/scenario-word.ts";
import { readStudy } from "./file/read.ts";
import type { Study } from "./file/study.ts";

export const STUDIES_FOLDER = join(ROOT, "studies");

export interface LoadedStudy {
  study: Study;
  topology: Topology;
  /** The file's own text, and those of the traces that it names, for the manifest. */
  source: string;
  files: Record<string, string>;
  /** Of its scenario. */
  scenario: ScenarioSource;
}

/** Names of the studies that come with the testbed, sorted. */
export async function studyNames(): Promise<string[]> {
  const files = await readdir(STUDIES_FOLDER);
  return files.flatMap((file) => (file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : [])).sort();
}

/** Reads a study by name or path. Throws E_BAD_STUDY_NAME, and as readStudy. */
export async function loadStudy(word: string): Promise<LoadedStudy> {
  const isPath = /[/\\]|\.ya?ml$/.test(word);
  const source = await readFile(isPath ? word : join(STUDIES_FOLDER, `${word}.yaml`), "utf8").catch(
    async (cause: unknown) => {
      const known = (await studyNames()).join(", ");
      const reason = isPath ? "the file cannot be read" : `there is none of that name, only ${known}`;
      throw new RttlabError("E_BAD_STUDY_NAME", `reading study ${word}: ${reason}`, { cause });
    },
  );
  const { readFile: readAndKeep, texts: files } = keptFilesBeside(isPath ? dirname(word) : STUDIES_FOLDER);
  const name = basename(word).replace(/\.ya?ml$/, "");
  return { ...(await readSourced(name, source, readScenarioSource, readAndKeep)), source, files };
}

/** As readStudy, with the source of its scenario. */
export async function readSourced(
  name: string,
  text: string,
  scenarioOf: (word: string) => Promise<SourcedScenario>,
  readFile: ReadFile,
): Promise<Pick<LoadedStudy, "study" | "topology" | "scenario">> {
  let scenario: ScenarioSource = { text: "", files: {} };
  const topologyOf = async (word: string) => {
    const { topology, source } = await scenarioOf(word);
    scenario = source;
    return topology;
  };
  const read = await readStudy(name, text, topologyOf, readFile);
  return { ...read, scenario };
}
