// A plan as lines for a person: what is done to what, and why, in columns.

import type { Plan } from "./step.ts";

/** A line for each step and each warning; one line that says so when there is nothing to do. */
export function describePlan({ steps, warnings }: Plan): string[] {
  const width = (column: "op" | "target") =>
    Math.max(0, ...steps.map(({ action, target }) => (column === "op" ? action.op : target).length));
  const [ops, targets] = [width("op"), width("target")];
  const lines = steps.map(
    ({ action, target, because }) => `${action.op.padEnd(ops)}  ${target.padEnd(targets)}  ${because}`,
  );
  return [
    ...(lines.length === 0 ? ["nothing to do: it is as the scenario says"] : lines),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}
