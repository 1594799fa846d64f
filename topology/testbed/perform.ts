// Runs the steps of a plan with progress on stderr. Ctrl-C starts nothing more and prints how to go
// on.

import { join } from "node:path";
import { interruptible } from "../../lib/interruptible.ts";
import type { Engine } from "../apply/docker.ts";
import { performer } from "../apply/perform.ts";
import { runSteps, type StepTime } from "../apply/run.ts";
import type { Step } from "../plan/step.ts";
import type { Progress } from "./progress.ts";

/** The repository: images are built from its files. */
export const ROOT = join(import.meta.dirname, "..", "..");

export async function perform(
  engine: Engine,
  steps: readonly Step[],
  progress: Progress,
  onDone: (step: Step) => void = () => {},
): Promise<StepTime[]> {
  let done = 0;
  return interruptible((signal) =>
    runSteps(steps, performer(engine, ROOT), {
      signal,
      onLine: ({ target }, line) => progress(`  ${target}: ${line}`),
      onDone: (step, millis) => {
        progress(`[${++done}/${steps.length}] ${step.id} (${(millis / 1000).toFixed(2)} s)`);
        onDone(step);
      },
    }),
  );
}
