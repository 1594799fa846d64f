// `study resume FOLDER`: goes on with a study that was interrupted.

import type { Output } from "../../topology/commands/output.ts";
import { loadBegun } from "../begun.ts";
import { resumeStudy } from "../execute.ts";
import { measure, present } from "./measure.ts";

export async function resume([folder = ""]: string[], output: Output): Promise<number> {
  const { loaded, cells, command } = await loadBegun(folder);
  return present(
    await measure(loaded, cells, { folder, command, calibrate: false, work: resumeStudy }, output),
    output,
  );
}
