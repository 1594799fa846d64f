// `topology down [SCENARIO|all]`: removes everything of a scenario, found by label; its file is not needed.

import { connectDocker } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { planDown } from "../plan/down.ts";
import type { Output } from "./output.ts";
import { perform } from "./perform.ts";
import { chooseScenario } from "./targets.ts";

export async function down([named]: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const scenario = named === "all" ? "all" : chooseScenario(testbeds, named);
  const { steps } = planDown(testbeds, scenario);
  await perform(engine, steps, output);
  output.result({ scenario, steps }, () => `${scenario} is down: ${steps.length} containers and networks removed`);
  return 0;
}
