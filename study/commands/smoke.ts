// `study smoke NAME|all [FOLDER]`: a few cells of a study, or of every study, once each.

import { join } from "node:path";
import { describeError, EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { executeStudy } from "../execute.ts";
import { expand } from "../expand.ts";
import { loadStudy, studyNames } from "../files.ts";
import { smokeOf } from "../smoke.ts";
import { leftUp, measure, type Outcome, present, resultsFolder } from "./measure.ts";

/** Of a run, and of a bring-up. */
const INTERRUPTIONS: readonly string[] = ["E_CANCELLED", "E_INTERRUPTED"];

export async function smoke([word = "", folder]: string[], output: Output): Promise<number> {
  if (word !== "all") return present(await smokeOne(word, folder, output), output);
  const folderOf = (name: string) => (folder === undefined ? undefined : join(folder, name));
  return smokeEach(await studyNames(), (name) => smokeOne(name, folderOf(name), output), output);
}

/**
 * Tries one after another, also after one that fails, and says at the end what came of each.
 * Resolves to the exit status of the first failure. Throws E_CANCELLED or E_INTERRUPTED at once.
 */
export async function smokeEach(
  names: readonly string[],
  smokeOne: (name: string) => Promise<Outcome>,
  output: Output,
): Promise<number> {
  const ended: { document: object; line: string; status: number }[] = [];
  const scenarios: string[] = [];
  for (const study of names) {
    try {
      const { document, text } = await smokeOne(study);
      ended.push({ document, line: `${study}: ${text}`, status: EXIT.done });
      scenarios.push(document.scenario);
    } catch (error) {
      if (error instanceof RttlabError && INTERRUPTIONS.includes(error.code)) throw error;
      const failure = describeError(error);
      output.progress(`${study} failed: ${failure}`, true);
      ended.push({ document: { study, failure }, line: `${study} failed: ${failure}`, status: exitStatus(error) });
    }
  }
  await output.result(
    ended.map(({ document }) => document),
    () => [...ended.map(({ line }) => line), ...(scenarios.length > 0 ? [leftUp(scenarios)] : [])].join("\n"),
  );
  return ended.find(({ status }) => status !== EXIT.done)?.status ?? EXIT.done;
}

async function smokeOne(word: string, folder: string | undefined, output: Output): Promise<Outcome> {
  const loaded = await loadStudy(word);
  const { study, cells } = smokeOf(loaded.study, expand(loaded.study));
  const command = `npm run study smoke ${word}`;
  const place = folder ?? resultsFolder(`${loaded.study.name}-smoke`);
  const options = { folder: place, command, calibrate: false, work: executeStudy };
  return measure({ ...loaded, study }, cells, options, output);
}
