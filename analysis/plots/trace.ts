// A connection's congestion window over time: its phases as bands, ssthresh beside it, a mark where
// segments are sent again, and the bottleneck's queue below on the same time axis.

import type { TopLevelSpec } from "vega-lite";
import { inputsOf } from "../models/predict.ts";
import type { Levels, PlotRequest, Trace } from "../results.ts";
import { rangeOf } from "./axis.ts";

const WIDTH = 600;
/** By phase, so light that lines stay readable on them. */
const BANDS: Readonly<Record<string, string>> = {
  "slow start": "#eef3f8",
  recovery: "#f8efe4",
  "congestion avoidance": "#eef5ec",
  "time-out": "#f3e6ee",
};
/** A band narrower than its name has no room for it. */
const PIXELS_A_LETTER = 6.2;

/** Slow start by its model: the window doubles each round trip after the connection has opened. */
export interface Doublings {
  initialWindowSegments: number;
  rttSeconds: number;
}

/** In a cell; null where the arithmetic makes no number. */
export function doublingsOf(given: NonNullable<PlotRequest["doublings"]>, levels: Levels): Doublings | null {
  const { initialWindowSegments: initial, rttSeconds: rtt } = inputsOf(given, levels, "doublings").inputs;
  const isGood = typeof initial === "number" && typeof rtt === "number" && initial > 0 && rtt > 0;
  return isGood ? { initialWindowSegments: initial, rttSeconds: rtt } : null;
}

export function tracePlot(trace: Trace, model: Doublings | null = null): TopLevelSpec {
  const end = Math.max(...trace.seconds, ...trace.phases.map(({ toSeconds }) => toSeconds));
  const x = {
    field: "seconds",
    type: "quantitative",
    title: "time (s)",
    scale: { domain: [0, end], nice: false },
  };
  const panels: object[] = [windowPanel(trace, model, x, end)];
  if (trace.queuePackets !== undefined) panels.push(queuePanel(trace, trace.queuePackets, x));
  return { vconcat: panels, spacing: 14 } as unknown as TopLevelSpec;
}

function windowPanel(trace: Trace, model: Doublings | null, x: object, end: number) {
  const threshold = trace.ssthreshSegments ?? [];
  const shown = [...trace.cwndSegments, ...threshold.filter((value) => value !== null)];
  // The names of phases stand in the room above.
  const range = rangeOf(shown, false);
  const top = range.high * 1.08;
  const y = { field: "segments", type: "quantitative", title: "segments", scale: { domain: [0, top], nice: false } };
  const points = [
    ...trace.seconds.map((seconds, at) => ({ line: "congestion window", seconds, segments: trace.cwndSegments[at] })),
    ...trace.seconds.flatMap((seconds, at) => {
      const segments = threshold[at] ?? null;
      return segments === null ? [] : [{ line: "slow-start threshold", seconds, segments }];
    }),
    ...(model === null ? [] : doublingSteps(model, end, top)),
  ];
  const bands = trace.phases.map(({ name, fromSeconds, toSeconds }) => ({
    name: ((toSeconds - fromSeconds) / end) * WIDTH < name.length * PIXELS_A_LETTER ? "" : name,
    from: fromSeconds,
    to: toSeconds,
    middle: (fromSeconds + toSeconds) / 2,
    colour: BANDS[name] ?? "#f2f2f2",
    top,
  }));
  const lines = ["congestion window", "slow-start threshold", ...(model === null ? [] : ["model: doubling each RTT"])];
  const legend = { orient: "bottom", title: null, symbolType: "stroke" };
  return {
    width: WIDTH,
    height: 280,
    layer: [
      {
        data: { values: bands },
        mark: { type: "rect" },
        encoding: {
          x: { ...x, field: "from" },
          x2: { field: "to" },
          color: { field: "colour", type: "nominal", scale: null },
        },
      },
      {
        data: { values: bands },
        mark: { type: "text", baseline: "top", dy: 4, fontSize: 11, color: "#444" },
        encoding: { x: { ...x, field: "middle" }, y: { ...y, field: "top" }, text: { field: "name" } },
      },
      {
        data: { values: points },
        mark: { type: "line", interpolate: "step-after", strokeWidth: 1.6 },
        encoding: {
          x,
          y,
          stroke: {
            field: "line",
            type: "nominal",
            scale: { domain: lines, range: ["#0b3c74", "#d95f02", "#5b8c3a"] },
            legend,
          },
          strokeDash: {
            field: "line",
            type: "nominal",
            scale: {
              domain: lines,
              range: [
                [1, 0],
                [6, 3],
                [2, 2],
              ],
            },
            legend,
          },
        },
      },
      {
        data: { values: repeats(trace) },
        mark: { type: "point", shape: "triangle-up", filled: true, size: 45, color: "#b3261e", opacity: 1 },
        encoding: { x, y: { ...y, field: "zero" } },
      },
    ],
  };
}

/** Up to the end of the axis, because an unbounded window leaves every picture. */
function doublingSteps({ initialWindowSegments, rttSeconds }: Doublings, end: number, top: number) {
  const steps: { line: string; seconds: number; segments: number }[] = [];
  for (let round = 0; round * rttSeconds <= end; round += 1) {
    const segments = initialWindowSegments * 2 ** round;
    steps.push({ line: "model: doubling each RTT", seconds: round * rttSeconds, segments: Math.min(segments, top) });
    if (segments >= top) break;
  }
  return steps;
}

function queuePanel(trace: Trace, queue: readonly (number | null)[], x: object) {
  const values = trace.seconds.map((seconds, at) => ({ seconds, packets: queue[at] ?? null }));
  const range = rangeOf(
    queue.filter((packets) => packets !== null),
    false,
  );
  return {
    data: { values },
    width: WIDTH,
    height: 90,
    mark: { type: "area", interpolate: "step-after", color: "#9fb6cc", line: { color: "#0b3c74", strokeWidth: 1 } },
    encoding: {
      x,
      y: {
        field: "packets",
        type: "quantitative",
        title: "queue (packets)",
        stack: null,
        scale: { domain: [0, range.high], nice: false },
      },
    },
  };
}

/** A mark on the time axis for each sample in which something was sent again. */
function repeats({ seconds, retransmissions = [] }: Trace) {
  return seconds.flatMap((at, index) => {
    const since = (retransmissions[index] ?? 0) - (retransmissions[index - 1] ?? 0);
    return index > 0 && since > 0 ? [{ seconds: at, zero: 0 }] : [];
  });
}
