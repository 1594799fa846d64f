// A study as data: its question, its factors, its repetitions, and the settings of each level. The
// settings of a cell contain everything that a run needs, so a cell can be measured without
// knowledge of the others.

import type {
  Conclusion,
  Condition,
  EffectRequest,
  Exclusion,
  Factor,
  Level,
  Levels,
  Manifest,
  Need,
  PlotRequest,
  Repetitions,
  Selection,
} from "../../analysis/results.ts";
import type { TopologyEvent } from "../../topology/model/topology.ts";
import type { TraceRequest } from "../traces/connect.ts";

/**
 * Values by key: `link.wan.rtt` -> `100ms`, `host.server.congestion` -> `reno`, `measure.load.http`
 * -> `1.1`.
 */
export type Settings = Readonly<Record<string, string>>;

export interface StudyFactor extends Factor {
  /** The settings of each level. */
  settings: ReadonlyMap<Level, Settings>;
  /** Each level as in the file. */
  texts: ReadonlyMap<Level, string>;
}

/** A model, the quantity that it predicts, and the source of each of its inputs. */
export interface ModelUse {
  name: string;
  predicts: string;
  /** A number, arithmetic over factors and parameters, or the key of a setting. */
  inputs: Readonly<Record<string, number | string>>;
  /** Compared with these cells alone. */
  where: Selection;
}

/** Traces in the runs of some cells. */
export interface TraceUse extends TraceRequest {
  where: Selection;
  /** The first runs of each cell. */
  repetitions: number;
}

export interface Study {
  name: string;
  isSmoke: boolean;
  title: string;
  question: string;
  hypothesis: string;
  /** Null: no condition decides it. */
  hypothesisHolds: Condition | null;
  /** Name of a scenario, or the path of a file. */
  scenario: string;
  seed: number;
  fixed: Settings;
  factors: readonly StudyFactor[];
  /** Of every run, in the order of their times from the beginning of its measurement. */
  events: readonly TopologyEvent[];
  /** Of all combinations of levels, those that are not measured. */
  exclude: readonly Exclusion[];
  /**
   * About how long the requests or transfers of a run follow one another; null: as the cells say.
   */
  lastingSeconds: number | null;
  repetitions: Repetitions;
  /** Directions of links whose queue may drop: `wan.forward`. */
  mayDrop: readonly string[];
  /** Hosts, links or `machine` that may be saturated because that is studied. */
  maySaturate: readonly string[];
  models: readonly ModelUse[];
  /** Inputs of the models that are measured in cells of their own. */
  parameters: NonNullable<Manifest["parameters"]>;
  needs: readonly Need[];
  traces: TraceUse | null;
  effects: readonly EffectRequest[];
  plots: readonly PlotRequest[];
  conclusions: readonly Conclusion[];
  threats: readonly string[];
}

/** One combination of levels. */
export interface StudyCell {
  /** `rtt=100 size=1048576`: unique in the study. */
  id: string;
  levels: Levels;
  settings: Settings;
}
