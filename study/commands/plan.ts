// `study plan NAME`: every run in order, with its settings and the models' predictions. Changes
// nothing.

import { numbered } from "../../analysis/format.ts";
import { columns } from "../../lib/columns.ts";
import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { bufferWarnings } from "../buffers.ts";
import { describeSeconds, studySeconds } from "../duration.ts";
import { expand } from "../expand.ts";
import { loadStudy } from "../files.ts";
import { IDLE_RULE } from "../idle.ts";
import { describeCount } from "../lengthen.ts";
import { describeEvents, describeRepetitions } from "../manifest.ts";
import { blockOrder } from "../order.ts";
import { predictAll } from "../predict.ts";

export async function plan([word = ""]: string[], output: Output): Promise<number> {
  const { study, topology } = await loadStudy(word);
  const cells = expand(study);
  const warnings = bufferWarnings(study, cells, topology);
  const { predictions } = predictAll(study, cells);
  const seconds = studySeconds(study, cells, predictions);
  const blocks = Array.from({ length: study.repetitions.atMost }, (_, block) => blockOrder(cells, study.seed, block));
  const runs = blocks.flatMap((order, block) => order.map(({ id, settings }) => ({ block, cell: id, settings })));
  const counts = new Map(cells.map((cell) => [cell.id, describeCount(cell)]));
  const predicted = (cell: string) =>
    predictions
      .filter((each) => each.cell === cell)
      .map(({ quantity, value }) => `${quantity} ${value.toPrecision(3)}`);
  await output.result(
    {
      study: study.name,
      question: study.question,
      seconds,
      idleRule: IDLE_RULE,
      events: study.events,
      runs,
      predictions,
      parameters: study.parameters,
      warnings,
    },
    () =>
      [
        study.question,
        `hypothesis: ${study.hypothesis}`,
        `${numbered(cells.length, "cell")}, ${describeRepetitions(study.repetitions)}; ${describeSeconds(seconds.atLeast)} to ${describeSeconds(seconds.atMost)}`,
        IDLE_RULE,
        ...study.parameters.map(
          ({ name, quantity, expected }) => `${name}: measured here as ${quantity}, and expected to be ${expected}`,
        ),
        ...warnings.map((warning) => `warning: ${warning}`),
        ...describeEvents(study.events).map((event) => `in every run, ${event}`),
        columns(
          runs.map(({ block, cell }, index) => [
            `${index + 1}`,
            `block ${block + 1}`,
            cell,
            counts.get(cell) ?? "",
            ...predicted(cell),
          ]),
        ),
      ].join("\n"),
  );
  return EXIT.done;
}
