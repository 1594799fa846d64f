// `study list`: the studies, their cells, durations and questions.

import { numbered } from "../../analysis/format.ts";
import { columns } from "../../lib/columns.ts";
import { EXIT } from "../../lib/errors.ts";
import type { Output } from "../../topology/commands/output.ts";
import { describeSeconds, studySeconds } from "../duration.ts";
import { expand } from "../expand.ts";
import { loadStudy, studyNames } from "../files.ts";
import { predictAll } from "../predict.ts";

export async function list(_words: string[], output: Output): Promise<number> {
  const studies = await Promise.all(
    (await studyNames()).map(async (name) => {
      const { study } = await loadStudy(name);
      const cells = expand(study);
      const seconds = studySeconds(study, cells, predictAll(study, cells).predictions);
      const runs = {
        atLeast: cells.length * study.repetitions.atLeast,
        atMost: cells.length * study.repetitions.atMost,
      };
      return { name, title: study.title, question: study.question, cells: cells.length, runs, seconds };
    }),
  );
  await output.result(studies, () =>
    columns(
      studies.map(({ name, question, cells, runs, seconds }) => [
        name,
        numbered(cells, "cell"),
        runs.atLeast === runs.atMost ? numbered(runs.atMost, "run") : `${runs.atLeast} to ${runs.atMost} runs`,
        `${describeSeconds(seconds.atLeast)} to ${describeSeconds(seconds.atMost)}`,
        question.replace(/\s+/g, " ").trim(),
      ]),
    ),
  );
  return EXIT.done;
}
