// `topology calibrate [SCENARIO] [LINK…]`: measures running links against their settings; exit 4 when one is out of
// tolerance, 1 when one was changed meanwhile. `up` does the same at its end.

import { EXIT } from "../../lib/errors.ts";
import type { LinkCalibration } from "../../lib/results.ts";
import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { describeCalibration, refuseViolations } from "../calibrate/report.ts";
import { calibrateLinks, refuseChanges } from "../testbed/calibrate.ts";
import { chooseScenario, scenariosUp } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function calibrate(words: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const [first = ""] = words;
  const isNamed = scenariosUp(testbeds).includes(first);
  const scenario = chooseScenario(testbeds, isNamed ? first : undefined);
  const { calibrations, changed } = await calibrateLinks(
    engine,
    scenario,
    isNamed ? words.slice(1) : words,
    output.progress,
  );
  await output.result({ scenario, calibrations, changed }, () => describeCalibrations(calibrations));
  refuseViolations(calibrations);
  refuseChanges(changed);
  return EXIT.done;
}

export function describeCalibrations(calibrations: readonly LinkCalibration[]): string {
  return calibrations.length === 0 ? "no links to measure" : calibrations.map(describeCalibration).join("\n");
}
