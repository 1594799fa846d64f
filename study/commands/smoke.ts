// `study smoke NAME|all [FOLDER]`: a few cells of a study, or of every study, once each.

import { join } from "node:path";
import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { executeStudy } from "../execute.ts";
import { expand } from "../expand.ts";
import { loadStudy, studyNames } from "../files.ts";
import { smokeOf } from "../smoke.ts";
import { measure, type Outcome, present, resultsFolder } from "./measure.ts";

export async function smoke([word = "", folder]: string[], output: Output): Promise<number> {
  if (word !== "all") return present(await smokeOne(word, folder, output), output);
  const outcomes: Outcome[] = [];
  for (const name of await studyNames()) {
    outcomes.push(await smokeOne(name, folder === undefined ? undefined : join(folder, name), output));
  }
  await output.result(
    outcomes.map(({ document }) => document),
    () => outcomes.map(({ document, text }) => `${document.study}: ${text}`).join("\n"),
  );
  return EXIT.done;
}

async function smokeOne(word: string, folder: string | undefined, output: Output): Promise<Outcome> {
  const loaded = await loadStudy(word);
  const { study, cells } = smokeOf(loaded.study, expand(loaded.study));
  const command = `npm run study smoke ${word}`;
  const place = folder ?? resultsFolder(`${loaded.study.name}-smoke`);
  const options = { folder: place, command, calibrate: false, work: executeStudy };
  return measure({ ...loaded, study }, cells, options, output);
}
