// A study's manifest, written before its first run: the question, every cell, the order, and the
// models' predictions.

import { environmentDifferences } from "../analysis/circumstances.ts";
import { numbered } from "../analysis/format.ts";
import { type Environment, FORMAT, type Manifest, type Repetitions, type Resumption } from "../analysis/results.ts";
import { describeChange } from "../lib/link/text.ts";
import { formatQuantity } from "../lib/units.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { IDLE_RULE } from "./idle.ts";
import { SATURATION_RULE } from "./judge.ts";
import { quantitiesOf } from "./measures/table.ts";
import { blockOrder } from "./order.ts";
import { bindingsWith, predictAll } from "./predict.ts";

export interface Circumstances {
  environment: Environment;
  startedAt: string;
  /** The command that repeats the study. */
  command: string;
}

/** For a manifest that only serves to check conclusions and plots. */
export const NOWHERE: Circumstances = {
  environment: { facts: {}, generator: "", topology: { networks: [], hosts: [], links: [] } },
  startedAt: "",
  command: "",
};

export function manifestOf(study: Study, cells: readonly StudyCell[], circumstances: Circumstances): Manifest {
  const blocks = Array.from({ length: study.repetitions.atMost }, (_, block) => blockOrder(cells, study.seed, block));
  return {
    format: FORMAT,
    name: study.name,
    isSmoke: study.isSmoke,
    title: study.title,
    question: study.question,
    hypothesis: study.hypothesis,
    ...(study.hypothesisHolds === null ? {} : { hypothesisHolds: study.hypothesisHolds }),
    factors: study.factors.map(({ name, label, unit, levels }) => ({ name, label, unit, levels })),
    quantities: quantitiesOf(cells).map(({ name, unit, meaning }) => ({ name, label: meaning, unit })),
    cells: cells.map(({ id, levels, settings }) => ({ id, levels, settings })),
    excluded: study.exclude,
    repetitions: describeRepetitions(study.repetitions),
    stopping: study.repetitions,
    seed: study.seed,
    order: blocks.flatMap((block) => block.map(({ id }) => id)),
    predictions: predictAll(study, cells).predictions,
    ...(study.parameters.length > 0 && { parameters: study.parameters, bindings: bindingsWith(study, cells) }),
    ...(study.events.length > 0 && { events: describeEvents(study.events) }),
    needs: study.needs,
    effects: study.effects,
    plots: study.plots,
    conclusions: study.conclusions,
    threats: study.threats,
    saturationRule: SATURATION_RULE,
    idleRule: IDLE_RULE,
    ...circumstances,
  };
}

/** How the circumstances in which a study goes on differ from those of its beginning. */
export function resumptionOf(
  { environment: before, scenario }: Pick<Manifest, "environment" | "scenario">,
  environment: Environment,
  { at, fromRun }: Pick<Resumption, "at" | "fromRun">,
): Resumption {
  const { asked, found, unknown } = environmentDifferences(before, environment);
  const otherwise = Object.fromEntries([...asked, ...found].map(({ name, after }) => [name, after]));
  const gaps = [...(scenario === undefined ? ["the scenario's text"] : []), ...unknown];
  return { at, fromRun, otherwise, ...(gaps.length > 0 && { unknown: gaps }) };
}

/** The manifest of a study that goes on; its environment stays that of the beginning. */
export function resumedManifest({ uncalibrated: _, ...manifest }: Manifest, resumption: Resumption): Manifest {
  return { ...manifest, resumed: [...(manifest.resumed ?? []), resumption] };
}

/**
 * Links to calibrate before a study goes on: the new ones, and those that an earlier attempt left.
 */
export function uncalibratedLinks({ uncalibrated = [] }: Manifest, newLinks: readonly string[]): string[] {
  return [...new Set([...uncalibrated, ...newLinks])];
}

/** A line for each event, but one for all steps of a trace. */
export function describeEvents(events: Study["events"]): string[] {
  return [...Map.groupBy(events, (event) => event.trace ?? event).values()].map((steps) => {
    const [{ atMillis, link, change, trace }] = steps as [Study["events"][number]];
    const time = formatQuantity(atMillis, "millis");
    if (trace === undefined) return `at ${time} ${link}: ${describeChange(change)}`;
    const end = formatQuantity(steps.at(-1)?.atMillis ?? 0, "millis");
    return `from ${time} to ${end} ${link}: its rate ${trace.as}, ${numbered(steps.length, "step")}`;
  });
}

export function describeRepetitions({ atLeast, atMost, until }: Repetitions): string {
  if (until === null) return `${atMost} runs of each cell`;
  const percent = `${until.withinRatio * 100} %`;
  return `until the 95 % interval of ${until.quantity} is within ${percent} of its mean: ${atLeast} to ${atMost} runs of each cell`;
}
