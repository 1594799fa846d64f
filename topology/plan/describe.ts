// Steps as lines for a person: the action, its object and its reason, in columns.

import { columns } from "../../lib/columns.ts";
import { describeOptions } from "./host-options.ts";
import type { Step } from "./step.ts";

export function describeSteps(steps: readonly Step[]): string {
  return columns(steps.map(({ action, target, because }) => [action.op, target, reasonOf(action, because)]));
}

function reasonOf(action: Step["action"], because: string): string {
  const options = action.op === "create-container" ? describeOptions(action.container.options ?? {}) : "";
  return options === "" ? because : `${because} (${options})`;
}
