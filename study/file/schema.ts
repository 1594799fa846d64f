// The format of a study file: shapes and types; check.ts has the conditions between its parts and
// with the scenario. One zod schema checks files and makes the JSON Schema for editors.

import { z } from "zod";
import { TRACE_RANGES } from "../../lib/contract/trace.ts";
import { eventSchema } from "../../topology/model/schema.ts";

const scalar = z.union([z.string(), z.number()], {
  error: ({ input }) => (input === null ? "has no value" : "is no single value"),
});
const settings = z.record(z.string(), scalar);
const levelOrLevels = z.union([scalar, z.array(scalar)], { error: "is neither a level nor a list of levels" });
const selection = z.record(z.string(), levelOrLevels);
const name = z.string().min(1);

const range = z.strictObject({
  from: scalar,
  to: scalar.describe("In the unit of `from`"),
  by: scalar.describe("A step in the same unit, such as 20ms, or a multiple, such as x2"),
});

const factor = z.strictObject({
  label: name.optional().describe("For axes and tables; the factor's name when left out"),
  levels: z
    .union([z.array(scalar).min(1), range, z.record(z.string(), settings)], {
      error: "is no list of values, no range, and no levels by name with their settings",
    })
    .describe("A list of values, a range of them, or levels by name with what each of them sets"),
  sets: z
    .union([name, z.record(z.string(), z.string().includes("{}"))], {
      error: "is neither a setting nor settings with {} where the level goes",
    })
    .optional()
    .describe("The setting that gets the level, or settings with {} where the level goes, such as /files/{}"),
});

const until = z.strictObject({
  until: name.describe("The quantity whose interval is to become narrow"),
  within: z
    .string()
    .regex(/^\d+(\.\d+)?%$/)
    .describe("Half the width of the 95 % interval by the mean, such as 5%"),
  atLeast: z.number().int().min(3).max(1000).optional(),
  atMost: z.number().int().min(3).max(1000),
});

const model = z.strictObject({
  name,
  predicts: name.describe("The quantity of the runs"),
  inputs: z
    .record(z.string(), scalar)
    .describe("A number, arithmetic over factors and parameters, or a setting's key, by input"),
  where: selection.optional().describe("The cells that it is held against"),
});

const parameter = z.strictObject({
  quantity: name.describe("The quantity whose mean it is"),
  where: selection.describe("The cells in which it is measured; the models that take it predict others"),
  expected: z.number().describe("Its value, as far as is known before; with it the study is planned"),
});

const need = z.strictObject({
  of: name.describe("The quantity that depends on it"),
  quantity: name.describe("The quantity that it takes, such as lossEvents"),
  atLeast: z.number().positive().describe("So much of it in each run of a cell"),
  where: selection.optional().describe("The cells that it is asked of"),
});

const exclusion = z
  .object({ because: name.optional().describe("Such as: takes minutes a run. The report has it") })
  .catchall(levelOrLevels);

const effect = z.strictObject({ quantity: name, factor: name, level: scalar, against: scalar });

const whole = ({ least, most }: { least: number; most: number }) => z.number().int().min(least).max(most);

const traces = z.strictObject({
  where: selection.optional().describe("The cells whose runs are traced; all when left out"),
  repetitions: z.number().int().min(1).max(1000).optional().describe("The first ones of each cell; 1 when left out"),
  tcp: z.array(name).optional().describe("Hosts whose TCP connections are sampled: cwnd, ssthresh, SRTT and so on"),
  rudp: z.array(name).optional().describe("RUDP endpoints whose connections are"),
  links: z.array(name).optional().describe("Links whose queues are sampled"),
  packets: whole(TRACE_RANGES.packets)
    .optional()
    .describe("Captured at either end of those links, at most; 0 when left out"),
  everyMillis: whole(TRACE_RANGES.everyMillis).optional().describe("Between samples; 10 when left out"),
  samples: whole({ ...TRACE_RANGES.samples, least: 1 })
    .optional()
    .describe("Of each host and link in a run, at most"),
});

const doublings = z.strictObject({
  initialWindowSegments: scalar.describe("A number, or arithmetic over factors"),
  rttSeconds: scalar,
});

const plot = z.strictObject({
  kind: z.enum(["factor", "load", "cdf", "phases", "trace"]),
  title: name,
  quantities: z.array(name).min(1).optional().describe("Quantities to plot; a trace needs none"),
  doublings: doublings.optional().describe("Of a trace: the window that slow start's model has, beside it"),
  x: name.optional(),
  series: name.optional(),
  panel: name.optional(),
  where: selection.optional(),
  logarithmic: z.array(z.enum(["x", "y"])).optional(),
});

const namedCells = z.record(z.string(), selection).optional().describe("Names for sets of cells");

const conclusion = z.strictObject({
  isAnswer: z.boolean().optional().describe("Part of the answer at the top of the report"),
  cells: namedCells,
  say: name.describe("A sentence with values in braces"),
  when: name.describe("The condition under which the data support it"),
});

const NO_SECONDS = "is no time of some seconds, such as 2.5s";

export const studySchema = z.strictObject({
  title: z.string().min(1).max(120).describe("One line for `study list`"),
  question: name,
  hypothesis: name.describe("One sentence that the measurements can show to be false"),
  hypothesisHolds: z
    .union([name, z.strictObject({ cells: namedCells, when: name })], {
      error: "is neither a condition nor {cells, when}",
    })
    .optional()
    .describe("The condition under which the data bear the hypothesis out, over all cells or over sets of them"),
  scenario: name.describe("Name of a scenario, or the path of a file"),
  seed: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1)
    .describe("Of the order, the losses and the loads"),
  fixed: settings.describe("Settings that all cells share: link.NAME.KEY, host.NAME.KEY, measure.KIND.KEY"),
  factors: z.record(z.string().regex(/^(?!because$)/), factor).describe("The factors that are varied, by name"),
  events: z
    .array(eventSchema)
    .optional()
    .describe("Changes of links in every run, at times from the beginning of its measurement"),
  exclude: z.array(exclusion).optional().describe("Cells left out, by the levels that they combine, and why"),
  repetitions: z
    .union([z.number().int().min(1).max(1000), until], {
      error: "is neither 1 to 1000 nor the like of {until: requestSeconds, within: 5%, atMost: 10}",
    })
    .describe("How often each cell is measured"),
  lasting: z
    .string({ error: NO_SECONDS })
    .regex(/^(?!0+(\.0+)?s$)\d+(\.\d+)?s$/, { error: NO_SECONDS })
    .optional()
    .describe("About how long the requests or transfers of a run follow one another, by the model; one when left out"),
  mayDrop: z.array(name).optional().describe("Directions of links whose queue may drop, such as wan.forward"),
  maySaturate: z.array(name).optional().describe("Hosts or links that may be saturated, for that is studied"),
  models: z.array(model).optional(),
  parameters: z
    .record(z.string().regex(/^[A-Za-z]\w*$/), parameter)
    .optional()
    .describe("Inputs of the models that the study measures itself, by the name that inputs use"),
  needs: z
    .array(need)
    .optional()
    .describe("Samples that each run of a cell must hold so that a quantity is judged; a cell with less says so"),
  traces: traces.optional().describe("Traces over time, and the runs that record them; docs/results.md has the files"),
  effects: z.array(effect).optional().describe("Ratios to state: one level of a factor against another"),
  plots: z.array(plot).optional(),
  conclude: z.array(conclusion).optional(),
  threats: z.array(name).optional().describe("Reasons why the result may be untrue elsewhere"),
});

export type Range = z.infer<typeof range>;
export type StudyFile = z.infer<typeof studySchema>;

/** For editors; committed beside the studies. */
export function studyJsonSchema(): object {
  return { ...z.toJSONSchema(studySchema, { io: "input" }), title: "rttlab study" };
}
