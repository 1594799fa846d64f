// `topology up SCENARIO [idle] [uncalibrated]`: plan, perform, measure every link, say where to look.
// What fails leaves a state that `up` completes and `down` removes; nothing has to be known of how far it came.

import { EXIT, RttlabError } from "../../lib/errors.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { refuseViolations } from "../calibrate/report.ts";
import { bringUp } from "../testbed/bring-up.ts";
import { calibrateLinks, refuseChanges } from "../testbed/calibrate.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import { readStatus, type Status } from "../testbed/status.ts";
import { describeCalibrations } from "./calibrate.ts";
import type { Output } from "./output.ts";
import { describeStatus } from "./status.ts";

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
  const { name } = topology;
  const engine = await connectDocker();
  const background = !words.includes(IDLE);
  const { steps, warnings, times } = await bringUp(engine, topology, { background }, output.progress);
  const measured = words.includes(UNCALIBRATED) ? null : await calibrateLinks(engine, name, [], output.progress);
  const calibrations = measured?.calibrations ?? null;
  const status = await readStatus(engine, await observeTestbeds(engine), name, { proven: measured === null });
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
