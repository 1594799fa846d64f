// A step as a line for a person: the action, its object and its reason, in columns that fit the
// usual names.

import { describeOptions } from "./host-options.ts";
import type { Step } from "./step.ts";

const OP_WIDTH = "create-container".length;
const TARGET_WIDTH = 34;

export function describeStep({ action, target, because }: Step): string {
  const options = action.op === "create-container" ? describeOptions(action.container.options ?? {}) : "";
  const reason = options === "" ? because : `${because} (${options})`;
  return `${action.op.padEnd(OP_WIDTH)}  ${target.padEnd(TARGET_WIDTH)}  ${reason}`;
}
