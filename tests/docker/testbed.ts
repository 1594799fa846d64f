// The effects of `up`, `status` and `down`, for tests of the effect and not of the words: they are
// called in the test's own process, which saves the start of a program each time.

import { connectDocker } from "../../topology/apply/docker.ts";
import { observeTestbeds } from "../../topology/apply/observe.ts";
import { type BroughtUp, bringUp } from "../../topology/testbed/bring-up.ts";
import { readScenarioWord } from "../../topology/testbed/scenario-word.ts";
import { readStatus, type Status } from "../../topology/testbed/status.ts";
import { takeDown } from "../../topology/testbed/take-down.ts";

const SILENTLY = () => {};

/** Uncalibrated and without background load. `word`: a scenario's name, or its file's path. */
export async function up(word: string): Promise<BroughtUp> {
  return bringUp(await connectDocker(), await readScenarioWord(word), { background: false }, SILENTLY);
}

export async function status(scenario: string): Promise<Status> {
  const engine = await connectDocker();
  return readStatus(engine, await observeTestbeds(engine), scenario);
}

export async function down(scenario: string): Promise<void> {
  await takeDown(await connectDocker(), scenario, SILENTLY);
}
