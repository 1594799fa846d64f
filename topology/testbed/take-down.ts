// Removes everything of a scenario, or of all, by label. It takes each scenario's turn first. Then
// it looks again, for Docker goes on making what an `up` that was killed had asked it for.

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

/** More than enough: what is left after one removal is seldom there at all. */
const MOST_REMOVALS = 5;

/** Resolves to the steps performed; none if nothing existed. */
export async function takeDown(engine: Engine, scenario: string, progress: Progress): Promise<readonly Step[]> {
  const turns: Turn[] = [];
  try {
    for (const name of scenario === ALL ? scenariosUp(await observeTestbeds(engine)) : [scenario]) {
      turns.push(await takeScenarioTurn(engine, name, progress));
    }
    const performed: Step[] = [];
    for (let removals = 0; removals < MOST_REMOVALS; removals += 1) {
      const { steps } = planDown(await observeTestbeds(engine), scenario);
      if (steps.length === 0) break;
      await perform(engine, steps, progress);
      performed.push(...steps);
    }
    return performed;
  } finally {
    for (const turn of turns) turn.pass();
  }
}
