// A step as a line for a person: the action, its object and its reason, in columns that fit the
// usual names.

import type { Step } from "./step.ts";

const OP_WIDTH = "create-container".length;
const TARGET_WIDTH = 34;

export function describeStep({ action, target, because }: Step): string {
  return `${action.op.padEnd(OP_WIDTH)}  ${target.padEnd(TARGET_WIDTH)}  ${because}`;
}
