// A study as its runner hands it over: the manifest, written before the first run, and the runs.
// Plain JSON, in the base unit that each quantity's entry names. Everything else (intervals,
// effects, plots, the report) is computed from these alone. The zod schemas check files and make
// the JSON Schemas beside this file; docs/results.md has the folder.

import { z } from "zod";
import type { CapturedConnection } from "./traces/wire.ts";

export const FORMAT = "rttlab-study/1";

const text = z.string();
const count = z.number().int().nonnegative();
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const table = <Value extends z.ZodType>(value: Value) => z.record(text, value).readonly();

const level = z.union([z.number(), text]).describe("Words are in the order of the factor's `levels`");
const levels = table(level);
const selection = table(z.union([level, list(level)])).describe(
  "Cells with one of the given levels; factors not named may have any",
);

const factor = z.object({
  name: text,
  label: text.describe("For axes and tables: round-trip time"),
  unit: text.describe("ms, bit/s; empty for words"),
  levels: list(level),
});

const quantity = z.object({
  name: text,
  label: text,
  unit: text.describe("s, bit/s, 1/s, ratio, segments, bytes"),
  better: z.exactOptional(z.enum(["less", "more"])).describe("Which way is better, if a reader may wonder"),
});

const cell = z.object({
  id: text,
  levels: levels.describe("A level for each factor of the study"),
  settings: z.exactOptional(table(text)).describe("What its runs ask of links, hosts and the measurement, by key"),
});

const prediction = z
  .object({
    cell: text,
    model: text,
    quantity: text,
    value: z.number().describe("In the quantity's unit"),
    brokenAssumptions: list(text).describe("Of the model, by the cell; empty: the cell lies in its domain"),
  })
  .describe("Of a model for a cell, made before any measurement, with the parameters that were expected");

const parameter = z
  .object({
    name: text,
    quantity: text,
    where: selection.describe("The cells whose mean it is"),
    expected: z.number().describe("Of whoever wrote the study; stands for it while these have no runs"),
  })
  .describe("An input of models that the study measures itself");

const binding = z
  .object({ cell: text, model: text, quantity: text, inputs: table(z.union([z.number(), text])) })
  .describe("Inputs of a model with such parameters, as numbers or arithmetic over them and factors");

const condition = z.object({
  cells: z.exactOptional(table(selection)).describe("Names for sets of cells"),
  when: text,
});

const conclusion = condition
  .extend({
    isAnswer: z.exactOptional(z.boolean()).describe("One of the two sentences at the top, or a finding further down"),
    say: text,
  })
  .describe("A sentence of the answer, and the condition under which the data support it: docs/conclusions.md");

const arithmetic = z.union([z.number(), text]).describe("A number, or arithmetic over factors");

const plot = z
  .object({
    kind: z.enum(["factor", "load", "cdf", "phases", "trace"]),
    title: text,
    quantities: list(text).describe("On the y axis; the phases stacked; the histogram of a CDF"),
    x: z.exactOptional(text).describe("The factor on the x axis"),
    series: z.exactOptional(text),
    panel: z.exactOptional(text),
    where: z.exactOptional(selection),
    logarithmic: z.exactOptional(list(z.enum(["x", "y"]))).describe("Axes that are logarithmic"),
    doublings: z
      .exactOptional(z.object({ initialWindowSegments: arithmetic, rttSeconds: arithmetic }))
      .describe("Of a trace: slow start's window by its model"),
  })
  .describe("Factors other than x, series and panel are held at `where`; nothing is averaged over them");

const effect = z
  .object({ quantity: text, factor: text, level, against: level })
  .describe("To state as a ratio: one level of a factor against another, all else equal");

const need = z
  .object({ of: text, quantity: text, atLeast: z.number(), where: z.exactOptional(selection) })
  .describe("The quantity on which another depends: a cell of which a run has less of it cannot decide");

const exclusion = z.object({ cells: selection, because: z.exactOptional(text) });

const hostSettings = z
  .exactOptional(text)
  .describe("What the scenario says of the host beside its role; early versions have none");

const environment = z
  .object({
    facts: table(text).describe("Versions, kernel, processor, sysctls: a table, as found"),
    generator: text,
    offloads: z
      .exactOptional(table(table(list(text))))
      .describe("By host or link, and interface: the features that are on; early versions have none"),
    topology: z.object({
      networks: list(text),
      hosts: list(
        z.object({ name: text, role: text, on: text, within: z.exactOptional(text), settings: hostSettings }),
      ),
      links: list(z.object({ name: text, between: z.tuple([text, text]).readonly(), settings: text })),
    }),
  })
  .describe("Machines and the path between them");

const repetitions = z
  .object({
    atLeast: count,
    atMost: count,
    until: z.object({ quantity: text, withinRatio: z.number() }).nullable(),
  })
  .describe("A fixed number, or until the interval of a quantity's mean is narrow enough");

const calibration = z
  .object({ link: text, backend: text, measuredAt: text, durationSeconds: z.number(), machineBusyRatio: z.number() })
  .describe("A link as it was measured before its first run: docs/calibration.md");

const resumption = z
  .object({
    at: text,
    fromRun: count,
    otherwise: table(text).describe("What was other than at the beginning, of the environment"),
    unknown: z.exactOptional(list(text)).describe("What the beginning's version did not keep, so that it may differ"),
  })
  .describe("From that run on the study was resumed");

const scenario = z
  .object({ text, files: table(text).describe("The texts of the files that it names, by that name") })
  .describe("The scenario's own text, with which `resume` goes on; early versions have none");

export const manifestSchema = z.looseObject({
  format: z.literal(FORMAT),
  name: text,
  isSmoke: z.exactOptional(z.boolean()).describe("A few cells of the study, once each; early versions do not say"),
  title: text,
  question: text,
  hypothesis: text,
  hypothesisHolds: z.exactOptional(condition).describe("When the data bear it out; none: nothing decides it"),
  factors: list(factor),
  quantities: list(quantity).describe("Measured in each run"),
  cells: list(cell),
  excluded: z.exactOptional(list(exclusion)).describe("Combinations of levels that are no cells, and why"),
  repetitions: text,
  stopping: z.exactOptional(repetitions).describe("`repetitions` for programs; results of early versions have none"),
  seed: z.number(),
  order: list(text).describe("Cell ids in running order, block after block"),
  predictions: list(prediction),
  parameters: z.exactOptional(list(parameter)).describe("None: all inputs of its models are known before"),
  bindings: z.exactOptional(list(binding)).describe("With which those predictions are made anew that take a parameter"),
  events: z.exactOptional(list(text)).describe("What happens to links in every run, in the order of the times"),
  needs: z.exactOptional(list(need)),
  effects: list(effect),
  plots: list(plot),
  conclusions: list(conclusion),
  environment,
  threats: list(text).describe("To the result elsewhere, beside those that the analysis finds"),
  saturationRule: text.describe("What `saturated` means in the runs"),
  idleRule: z.exactOptional(text).describe("How idle the machine has to be; early versions have none"),
  command: text.describe("Repeats the study"),
  startedAt: text.describe("ISO 8601"),
  resumed: z.exactOptional(list(resumption)).describe("In their order; none: it ran in one go"),
  files: z.exactOptional(table(text)).describe("The texts of the traces that `source` names, by that name"),
  source: z.exactOptional(text).describe("The study's own text, with which `resume` goes on"),
  scenario: z.exactOptional(scenario),
  uncalibrated: z
    .exactOptional(list(text))
    .describe("Links that are new since, and are measured before the study goes on; none: no such"),
  calibrations: z
    .exactOptional(list(calibration))
    .describe("Of each link, and of those that were new when it was resumed; of a smoke there are none"),
});

const saturated = z.enum(["none", "server", "generator", "link", "machine"]);

export const runSchema = z.looseObject({
  index: count.describe("From 0, in running order"),
  cell: text,
  block: count.describe("Which repetition, from 0"),
  startedAt: text,
  voidReason: text.nullable().describe("Why the run does not count; null if it does"),
  saturated: saturated.describe("The busiest of the places that were"),
  alsoSaturated: z.exactOptional(list(saturated)).describe("Other places that were; early versions do not say"),
  values: table(z.number().nullable()).describe("By quantity, in its unit; null if this run has none"),
  containers: z
    .exactOptional(
      table(
        z.object({ cpuSeconds: z.number(), memoryBytes: z.number(), receivedBytes: z.number(), sentBytes: z.number() }),
      ),
    )
    .describe(
      "By name: what each host, link and watcher used in the run, and the most memory that it was seen to hold",
    ),
  events: z
    .exactOptional(
      list(z.object({ link: text, atMillis: z.number(), beganMillis: z.number(), endedMillis: z.number() })),
    )
    .describe("Of links: when each was due, when it began and when it was in force, from the beginning"),
  histograms: z.exactOptional(table(text)).describe("By quantity: HdrHistogram V2 in base64, in microseconds"),
});

/** Without the keys that a later version may add. */
type Known<Loose> = { [Key in keyof Loose as string extends Key ? never : Key]: Loose[Key] };

export type Level = z.infer<typeof level>;
export type Levels = z.infer<typeof levels>;
export type Selection = z.infer<typeof selection>;
export type Factor = z.infer<typeof factor>;
export type Quantity = z.infer<typeof quantity>;
export type Cell = z.infer<typeof cell>;
export type Prediction = z.infer<typeof prediction>;
export type Condition = z.infer<typeof condition>;
export type Exclusion = z.infer<typeof exclusion>;
export type Conclusion = z.infer<typeof conclusion>;
export type PlotRequest = z.infer<typeof plot>;
export type EffectRequest = z.infer<typeof effect>;
export type Need = z.infer<typeof need>;
export type Environment = z.infer<typeof environment>;
export type Resumption = z.infer<typeof resumption>;
export type Repetitions = z.infer<typeof repetitions>;
export type Manifest = Known<z.infer<typeof manifestSchema>>;
export type Run = Known<z.infer<typeof runSchema>> & {
  /** Of a traced run, from its own file. */
  traces?: readonly Trace[];
  /** Of one whose packets were captured, from these. */
  wire?: readonly CapturedConnection[];
};
export type Saturated = Run["saturated"];

/** A connection over time, column by column; all columns are as long as `seconds`. */
export interface Trace {
  connection: string;
  /** TCP's samples come by time, RUDP's at acknowledgements, before the window is filled again. */
  kind?: "tcp" | "rudp";
  seconds: readonly number[];
  cwndSegments: readonly number[];
  ssthreshSegments?: readonly (number | null)[];
  srttMillis?: readonly (number | null)[];
  leastRttMillis?: readonly (number | null)[];
  inFlightSegments?: readonly number[];
  /** Up to then; null of RUDP. */
  ackedBytes?: readonly (number | null)[];
  /** Up to then. */
  retransmissions?: readonly number[];
  /** In the traced queues on its way, together. */
  queuePackets?: readonly (number | null)[];
  /** Packets that each of these queues has dropped, up to then. */
  queueDrops?: Readonly<Record<string, readonly (number | null)[]>>;
  phases: readonly { name: string; fromSeconds: number; toSeconds: number }[];
}

export function manifestJsonSchema(): object {
  return { ...z.toJSONSchema(manifestSchema, { io: "input" }), title: "manifest.json of an rttlab study" };
}

export function runJsonSchema(): object {
  return { ...z.toJSONSchema(runSchema, { io: "input" }), title: "a line of an rttlab study's runs.ndjson" };
}

/** Every place where a run was saturated; `none` alone where none was. */
export function placesSaturated({ saturated, alsoSaturated = [] }: Run): readonly Saturated[] {
  return [saturated, ...alsoSaturated];
}

/** Whether a cell is selected. */
export function isSelected(levels: Levels, selection: Selection): boolean {
  return Object.entries(selection).every(([factor, wanted]) => {
    const level = levels[factor];
    return level !== undefined && (Array.isArray(wanted) ? wanted.includes(level) : wanted === level);
  });
}
