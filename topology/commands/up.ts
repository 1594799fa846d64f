// `topology up SCENARIO [idle] [uncalibrated]`: plan, perform, measure every link, say where to look.
// What fails leaves a state that `up` completes and `down` removes; nothing has to be known of how far it came.

import { EXIT, RttlabError } from "../../lib/errors.ts";
import { connectDocker } from "../apply/docker.ts";
import { removeOldImages } from "../apply/images.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { refuseViolations } from "../calibrate/report.ts";
import { planUp } from "../plan/plan.ts";
import { downLine, lastingWord, upLine } from "./advice.ts";
import { calibrateLinks, describeCalibrations, refuseChanges } from "./calibrate.ts";
import { observeFor } from "./observe.ts";
import type { Output } from "./output.ts";
import { perform } from "./perform.ts";
import { readScenarioWord } from "./scenario-word.ts";
import { describeStatus, readStatus, type Status } from "./status.ts";

const UNCALIBRATED = "uncalibrated";
/** Load generators run no background load. */
const IDLE = "idle";

export async function up([scenario = "", ...words]: string[], output: Output): Promise<number> {
  const unknown = words.filter((word) => word !== UNCALIBRATED && word !== IDLE);
  if (unknown.length > 0) {
    const message = `up ${scenario} ${words.join(" ")}: only ${IDLE} and ${UNCALIBRATED} may follow the scenario`;
    throw new RttlabError("E_USAGE", message);
  }
  const topology = await readScenarioWord(scenario);
  const { name, word } = topology;
  const engine = await connectDocker();
  const observed = await observeFor(engine, topology, true, output);
  const { steps, warnings } = planUp({ ...topology, word: lastingWord(word) }, observed, {
    background: !words.includes(IDLE),
  });
  for (const warning of warnings) output.progress(`warning: ${warning}`, true);
  const times = await performOrAdvise(word, () => perform(engine, steps, output));
  await removeOldImages(engine, Object.values(observed.imageTags));
  const measured = words.includes(UNCALIBRATED) ? null : await calibrateLinks(engine, name, [], output);
  const calibrations = measured?.calibrations ?? null;
  const status = await readStatus(engine, await observeTestbeds(engine), name);
  await output.result({ scenario: name, steps, warnings, times, calibrations, status }, () =>
    [
      ...steps.filter(({ action }) => action.op === "set-link").map(({ because }) => because),
      ...(calibrations === null ? [] : [describeCalibrations(calibrations)]),
      describeStatus(status),
      ...hint(status),
    ].join("\n"),
  );
  refuseViolations(calibrations ?? []);
  refuseChanges(measured?.changed ?? []);
  return EXIT.done;
}

/** The next thing that a person might type. */
function hint({ scenario, hosts }: Status): string[] {
  const generator = hosts.find(({ role }) => role === "loadgen");
  if (generator === undefined) return [];
  return [`try: npm run topology exec ${scenario}/${generator.name} load http=1.1 path=/files/10KiB seconds=10`];
}

async function performOrAdvise<T>(word: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "E_STEP_FAILED", message } = error as RttlabError;
    const advice = `${upLine(word)} goes on from here, ${downLine(word)} removes what is there`;
    throw new RttlabError(code, `bringing up ${word}: ${message}; ${advice}`, { cause: (error as Error).cause });
  }
}
