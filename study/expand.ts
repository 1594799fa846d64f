// From factors to cells: every combination of levels but those that the study excludes, each as
// long as the study asks for (lengthen.ts). Pure; the order is that of the file.

import { isSelected, type Level, type Levels, type Prediction } from "../analysis/results.ts";
import type { Settings, Study, StudyCell } from "./file/study.ts";
import { lengthen } from "./lengthen.ts";

/** `begun`: the predictions of the study that goes on; null: it begins. */
export function expand(study: Study, begun: readonly Prediction[] | null = null): StudyCell[] {
  return lengthen(study, combine(study), begun);
}

/** Without repetitions within a run. */
export function combine({ fixed, factors, exclude }: Pick<Study, "fixed" | "factors" | "exclude">): StudyCell[] {
  const combinations = factors.reduce<Level[][]>(
    (rows, { levels }) => rows.flatMap((row) => levels.map((level) => [...row, level])),
    [[]],
  );
  const cells = combinations.map((chosen): StudyCell => {
    const levels = Object.fromEntries(factors.map(({ name }, index) => [name, chosen[index] as Level]));
    const settings = factors.map(({ settings }, index): Settings => settings.get(chosen[index] as Level) ?? {});
    const texts = new Map(factors.map(({ name, texts }, index) => [name, texts.get(chosen[index] as Level)]));
    return { id: cellId(levels), levels, settings: filled(Object.assign({}, fixed, ...settings), texts) };
  });
  return cells.filter(({ levels }) => !exclude.some(({ cells }) => isSelected(levels, cells)));
}

/** `/pages/{objects}x{size}.html`: a factor's name in braces is its level as the file has it. */
function filled(settings: Settings, texts: ReadonlyMap<string, string | undefined>): Settings {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => texts.get(name) ?? whole);
  return Object.fromEntries(Object.entries(settings).map(([key, text]) => [key, fill(text)]));
}

function cellId(levels: Levels): string {
  const parts = Object.entries(levels).map(([factor, level]) => `${factor}=${level}`);
  return parts.length === 0 ? "the only cell" : parts.join(" ");
}
