// `topology down [SCENARIO|all]`: removes everything of a scenario, found by label, without its
// file. A scenario that is not up is down already, which is no failure; an unknown name is a
// mistake.

import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds, type Testbeds } from "../apply/observe.ts";
import { demandScenario, scenarioNameOf } from "../testbed/scenario-word.ts";
import { ALL, takeDown } from "../testbed/take-down.ts";
import { chooseScenario, describeUp, scenariosUp } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

export async function down([named]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const scenario = await meant(testbeds, named);
  const steps = await takeDown(engine, scenario, output.progress);
  await output.result({ scenario, steps }, () =>
    steps.length > 0
      ? `${scenario} is down: ${steps.length} containers, networks and volumes removed`
      : `${scenario === ALL ? "every scenario" : scenario} was down already (${describeUp(scenariosUp(testbeds))})`,
  );
  return 0;
}

async function meant(testbeds: Testbeds, named: string | undefined): Promise<string> {
  const up = scenariosUp(testbeds);
  if (named === ALL || (named === undefined && up.length === 0)) return ALL;
  if (named === undefined) return chooseScenario(testbeds);
  const name = scenarioNameOf(named);
  if (!up.includes(name)) await demandScenario(named);
  return name;
}
