// The parameters that a study measures for its models: each has a name of its own and cells, and no
// model that takes it predicts these.

import { takes } from "../../analysis/models/predict.ts";
import { isSelected } from "../../analysis/results.ts";
import type { Problem } from "../../lib/errors.ts";
import type { Study, StudyCell } from "./study.ts";

export function parameterProblems({ parameters, models, factors }: Study, cells: readonly StudyCell[]): Problem[] {
  return parameters.flatMap(({ name, where }) => {
    const path = `parameters.${name}`;
    const its = cells.filter(({ levels }) => isSelected(levels, where));
    const users = models.filter((use) => takes(use.inputs, name));
    const own = users.find((use) => its.some(({ levels }) => isSelected(levels, use.where)));
    const problem = (code: string, message: string, allowed: string): Problem => ({ code, path, message, allowed });
    return [
      ...(factors.some((factor) => factor.name === name)
        ? [problem("E_DUPLICATE_KEY", `${name} is a factor`, "a name that no factor has")]
        : []),
      ...(its.length === 0 ? [problem("E_NO_CELLS", "it is measured in no cell", "one cell or more")] : []),
      ...(users.length === 0 ? [problem("E_UNKNOWN_KEY", "no model takes it", "a name that an input has")] : []),
      ...(own === undefined
        ? []
        : [
            problem(
              "E_CONFLICTING_KEYS",
              `the model ${own.name}, which takes it, predicts a cell that it is measured in`,
              "cells that the model's `where` leaves out",
            ),
          ]),
    ];
  });
}
