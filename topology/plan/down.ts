// The plan for nothing: removes everything of a scenario, or of every one, found by labels alone.

import { scenarioOf } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { Plan } from "./step.ts";
import { removeContainer, removeNetwork, removeVolume } from "./steps.ts";

/**
 * Steps that remove everything of that scenario, or of `"all"`; they need no scenario file and work
 * from any state.
 */
export function planDown(
  { containers, networks, volumes }: Pick<Observed, "containers" | "networks" | "volumes">,
  scenario: string | "all",
): Plan {
  const isMeant = ({ labels }: { labels: Record<string, string> }) =>
    scenario === "all" ? scenarioOf(labels) !== undefined : scenarioOf(labels) === scenario;
  const because = scenario === "all" ? "every testbed is taken down" : `${scenario} is taken down`;
  const removals = containers.filter(isMeant).map(({ name }) => removeContainer(name, because));
  return {
    steps: [
      ...removals,
      ...networks.filter(isMeant).map(({ name }) => removeNetwork(name, because, removals)),
      ...volumes.filter(isMeant).map(({ name }) => removeVolume(name, because, removals)),
    ],
    warnings: [],
  };
}
