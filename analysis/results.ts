// A study as its runner hands it over: the manifest, written before the first run, and the runs.
// Plain JSON, in the base unit that each quantity's entry names. Everything else (intervals,
// effects, plots, the report) is computed from these alone.

/** A factor's value in a cell. Words are in the order of the factor's `levels`. */
export type Level = number | string;
export type Levels = Readonly<Record<string, Level>>;

export interface Factor {
  name: string;
  /** For axes and tables: `round-trip time`. */
  label: string;
  /** `ms`, `bit/s`; empty for words. */
  unit: string;
  levels: readonly Level[];
}

/** A quantity measured in each run. */
export interface Quantity {
  name: string;
  label: string;
  /** `s`, `bit/s`, `1/s`, `ratio`, `segments`, `bytes`. */
  unit: string;
  /** Which way is better, if a reader may wonder. */
  better?: "less" | "more";
}

export interface Cell {
  id: string;
  /** A level for each factor of the study. */
  levels: Levels;
}

/** A model's prediction for a cell, made before any measurement. */
export interface Prediction {
  cell: string;
  model: string;
  quantity: string;
  /** In the quantity's unit. */
  value: number;
  /** The model's assumptions that the cell breaks; empty: the cell lies in its domain. */
  brokenAssumptions: readonly string[];
}

/**
 * A sentence of the answer, and the condition under which the data support it. docs/conclusions.md
 * describes the language.
 */
export interface Conclusion {
  /** One of the two sentences at the top, or a finding further down. */
  isAnswer?: boolean;
  /**
   * Names for sets of cells: a factor's level, or several. `{four: {plan: "1.0-parallel", rtt:
   * [100, 200]}}`
   */
  cells?: Readonly<Record<string, Selection>>;
  say: string;
  when: string;
}

/** Cells with one of the given levels; factors not named may have any. */
export type Selection = Readonly<Record<string, Level | readonly Level[]>>;

/**
 * A plot of the report. Factors other than x, series and panel must be held at `where`; nothing is
 * averaged over them.
 */
export interface PlotRequest {
  kind: "factor" | "load" | "cdf" | "phases" | "trace";
  title: string;
  /** The quantity on the y axis; the phases stacked; the histogram of a CDF. */
  quantities: readonly string[];
  /** The factor on the x axis. */
  x?: string;
  series?: string;
  panel?: string;
  where?: Selection;
  /** Axes that are logarithmic. */
  logarithmic?: readonly ("x" | "y")[];
  /** Of a trace: slow start's window by its model, each a number or arithmetic over factors. */
  doublings?: { initialWindowSegments: number | string; rttSeconds: number | string };
}

/** An effect to state as a ratio: one level of a factor against another, all else equal. */
export interface EffectRequest {
  quantity: string;
  factor: string;
  level: Level;
  against: Level;
}

/** What a quantity depends on: a cell whose runs have less of it, on average, cannot decide. */
export interface Need {
  of: string;
  quantity: string;
  atLeast: number;
  where?: Selection;
}

/** Machines and the path between them, for the report's setup. */
export interface Environment {
  /** Versions, kernel, processor, sysctls: a table, as found. */
  facts: Readonly<Record<string, string>>;
  generator: string;
  topology: {
    networks: readonly string[];
    hosts: readonly { name: string; role: string; on: string }[];
    links: readonly { name: string; between: readonly [string, string]; settings: string }[];
  };
}

export const FORMAT = "rttlab-study/1";

/**
 * How often each cell is measured: a fixed number, or until the interval of a quantity's mean is
 * narrow enough.
 */
export interface Repetitions {
  atLeast: number;
  atMost: number;
  until: { quantity: string; withinRatio: number } | null;
}

export interface Manifest {
  format: typeof FORMAT;
  name: string;
  title: string;
  question: string;
  hypothesis: string;
  factors: readonly Factor[];
  quantities: readonly Quantity[];
  cells: readonly Cell[];
  repetitions: string;
  /** The same for programs; results of early versions have none. */
  stopping?: Repetitions;
  seed: number;
  /** Cell ids in running order, block after block. */
  order: readonly string[];
  predictions: readonly Prediction[];
  needs?: readonly Need[];
  effects: readonly EffectRequest[];
  plots: readonly PlotRequest[];
  conclusions: readonly Conclusion[];
  environment: Environment;
  /** What may make the result untrue elsewhere, beside the threats that the analysis finds. */
  threats: readonly string[];
  /** What `saturated` means in the runs. */
  saturationRule: string;
  /** The command that repeats the study. */
  command: string;
  /** ISO 8601. */
  startedAt: string;
}

export type Saturated = "none" | "server" | "generator" | "link" | "machine";

export interface Run {
  /** From 0, in running order. */
  index: number;
  cell: string;
  /** Which repetition, from 0. */
  block: number;
  startedAt: string;
  /** Why the run does not count; null if it does. */
  voidReason: string | null;
  saturated: Saturated;
  /** By quantity, in its unit; null if this run has none. */
  values: Readonly<Record<string, number | null>>;
  /** By quantity: HdrHistogram V2 in base64, in microseconds. */
  histograms?: Readonly<Record<string, string>>;
  traces?: readonly Trace[];
}

/** A connection over time, column by column; all columns are as long as `seconds`. */
export interface Trace {
  connection: string;
  seconds: readonly number[];
  cwndSegments: readonly number[];
  ssthreshSegments?: readonly (number | null)[];
  srttMillis?: readonly (number | null)[];
  /** Up to then. */
  retransmissions?: readonly number[];
  queuePackets?: readonly (number | null)[];
  phases: readonly { name: string; fromSeconds: number; toSeconds: number }[];
}

/** Whether a cell is selected. */
export function isSelected(levels: Levels, selection: Selection): boolean {
  return Object.entries(selection).every(([factor, wanted]) => {
    const level = levels[factor];
    return level !== undefined && (Array.isArray(wanted) ? wanted.includes(level) : wanted === level);
  });
}
