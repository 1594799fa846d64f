// `topology plan SCENARIO`: what `up` would do and why. Asks Docker what exists and changes
// nothing.

import { connectDocker } from "../apply/docker.ts";
import { describeSteps } from "../plan/describe.ts";
import { planUp } from "../plan/plan.ts";
import { lastingWord } from "../testbed/advice.ts";
import { observeFor, observeOwn, tryMachine } from "../testbed/observe.ts";
import { readScenarioWord } from "../testbed/scenario-word.ts";
import type { Output } from "./output.ts";

export async function plan([scenario = ""]: string[], output: Output): Promise<number> {
  const topology = await readScenarioWord(scenario);
  const engine = await connectDocker();
  const backend = await tryMachine(engine, false, output.progress);
  const observed = await observeFor(engine, topology, await observeOwn(engine, topology, backend));
  const { steps, warnings } = planUp({ ...topology, word: lastingWord(topology.word) }, observed);
  await output.result({ scenario: topology.name, steps, warnings }, () =>
    [
      ...warnings.map((warning) => `warning: ${warning}`),
      steps.length === 0 ? `nothing to do: ${topology.name} is as its scenario says` : describeSteps(steps),
    ].join("\n"),
  );
  return 0;
}
