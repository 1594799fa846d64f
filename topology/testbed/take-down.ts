// Removes everything of a scenario, or of all, by label. It takes each scenario's turn first.

import type { Engine } from "../apply/docker.ts";
import { observeTestbeds } from "../apply/observe.ts";
import type { Turn } from "../apply/turn.ts";
import { planDown } from "../plan/down.ts";
import type { Step } from "../plan/step.ts";
import { perform } from "./perform.ts";
import type { Progress } from "./progress.ts";
import { scenariosUp } from "./targets.ts";
import { takeScenarioTurn } from "./turns.ts";

/** The word for every scenario at once. */
export const ALL = "all";

/** Resolves to the steps performed; none if nothing existed. */
export async function takeDown(engine: Engine, scenario: string, progress: Progress): Promise<readonly Step[]> {
  const turns: Turn[] = [];
  try {
    for (const name of scenario === ALL ? scenariosUp(await observeTestbeds(engine)) : [scenario]) {
      turns.push(await takeScenarioTurn(engine, name, progress));
    }
    const { steps } = planDown(await observeTestbeds(engine), scenario);
    await perform(engine, steps, progress);
    return steps;
  } finally {
    for (const turn of turns) turn.pass();
  }
}
