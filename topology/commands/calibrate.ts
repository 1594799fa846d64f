// `topology calibrate [SCENARIO] [LINK…] [thorough]`: measures running links against their
// settings. Exit 4 if one is out of tolerance, 1 if one was changed meanwhile. `up` does the same
// at its end. `thorough` also takes samples of minutes.

import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import { EXIT } from "../../lib/errors.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { describeCalibration, refuseViolations } from "../calibrate/report.ts";
import { calibrateLinks, refuseChanges } from "../testbed/calibrate.ts";
import { chooseScenario, scenariosUp } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

const THOROUGH = "thorough";

export async function calibrate(words: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const isThorough = words.includes(THOROUGH);
  const names = words.filter((word) => word !== THOROUGH);
  const [first = ""] = names;
  const isNamed = scenariosUp(testbeds).includes(first);
  const scenario = chooseScenario(testbeds, isNamed ? first : undefined);
  const chosen = isNamed ? names.slice(1) : names;
  const { calibrations, changed } = await calibrateLinks(engine, scenario, chosen, output.progress, isThorough);
  await output.result({ scenario, calibrations, changed }, () => describeCalibrations(calibrations));
  refuseViolations(calibrations);
  refuseChanges(changed);
  return EXIT.done;
}

export function describeCalibrations(calibrations: readonly LinkCalibration[]): string {
  return calibrations.length === 0 ? "no links to measure" : calibrations.map(describeCalibration).join("\n");
}
