// `topology up SCENARIO [idle] [uncalibrated]`: plan, perform, measure every link, and print where
// to look. A failure leaves a state that `up` completes and `down` removes, however far it came.

import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { refuseViolations } from "../calibrate/report.ts";
import { type BroughtUp, bringUp, type Wishes } from "../testbed/bring-up.ts";
import { calibrateLinks, refuseChanges } from "../testbed/calibrate.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import { readStatus, type Status } from "../testbed/status.ts";
import { describeCalibrations } from "./calibrate.ts";
import type { Output } from "./output.ts";
import { describeStatus } from "./status.ts";

const UNCALIBRATED = "uncalibrated";
/** Load generators run no background load. */
const IDLE = "idle";

/** The document of `topology up --json`. */
export interface UpDocument extends Omit<BroughtUp, "imageTags"> {
  scenario: string;
  /** null if not requested. */
  calibrations: LinkCalibration[] | null;
  status: Status;
}

export async function up([scenario = "", ...words]: string[], output: Output): Promise<number> {
  const wishes = wishesOf(scenario, words);
  const topology = await readScenarioWord(scenario);
  const { name } = topology;
  const engine = await connectDocker();
  const { steps, warnings, times } = await bringUp(engine, topology, wishes, output.progress);
  const measured = wishes.calibrated ? await calibrateLinks(engine, name, [], output.progress) : null;
  const calibrations = measured?.calibrations ?? null;
  const status = await readStatus(engine, await observeTestbeds(engine), name, { proven: measured === null });
  const document: UpDocument = { scenario: name, steps, warnings, times, calibrations, status };
  await output.result(document, () => describeUp(document));
  refuseViolations(calibrations ?? []);
  refuseChanges(measured?.changed ?? []);
  return EXIT.done;
}

/** The choices in the words after the scenario. Throws E_USAGE. */
function wishesOf(scenario: string, words: readonly string[]): Wishes & { calibrated: boolean } {
  const unknown = words.filter((word) => word !== UNCALIBRATED && word !== IDLE);
  if (unknown.length > 0) {
    const message = `up ${scenario} ${words.join(" ")}: only ${IDLE} and ${UNCALIBRATED} may follow the scenario`;
    throw new RttlabError("E_USAGE", message);
  }
  return { background: !words.includes(IDLE), calibrated: !words.includes(UNCALIBRATED) };
}

function describeUp({ steps, calibrations, status }: UpDocument): string {
  return [
    ...steps.filter(({ action }) => action.op === "set-link").map(({ because }) => because),
    ...(calibrations === null ? [] : [describeCalibrations(calibrations)]),
    describeStatus(status),
    ...hint(status),
  ].join("\n");
}

/** The next thing that a person might type. */
function hint({ scenario, hosts }: Status): string[] {
  const generator = hosts.find(({ role, options }) => role === "loadgen" && options.within === undefined);
  if (generator === undefined) return [];
  return [`try: npm run topology exec ${scenario}/${generator.name} load http=1.1 path=/files/10KiB seconds=10`];
}
