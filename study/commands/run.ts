// `study run NAME [FOLDER]`: measures every cell of a study and writes its report.

import type { Output } from "../../topology/commands/output.ts";
import { executeStudy } from "../execute.ts";
import { expand } from "../expand.ts";
import { loadStudy } from "../files.ts";
import { measure, present, resultsFolder } from "./measure.ts";

export async function run([word = "", folder]: string[], output: Output): Promise<number> {
  const loaded = await loadStudy(word);
  const { study } = loaded;
  const command = `npm run study run ${word}`;
  const options = { folder: folder ?? resultsFolder(study.name), command, calibrate: true, work: executeStudy };
  return present(await measure(loaded, expand(study), options, output), output);
}
