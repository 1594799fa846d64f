// The rate of a long CUBIC transfer by its response function: RFC 9438, section 5.1 (equation 6
// with C = 0.4 and β = 0.7: the average window is 1.054 (RTT/p)^(3/4) segments), and never below
// Reno's in the region where CUBIC follows it (section 4.3).

import { LOSS, MSS, RTT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";

const BETA = 0.7;

export const cubic = defineModel({
  name: "cubic",
  title:
    "Throughput of CUBIC by its response function, at least 1.2/√p as the RFC has it of Reno (Mathis' 1.31 is of independent losses)",
  source: "RFC 9438, section 5.1",
  predicts: { quantity: "rate of payload", unit: "bit/s" },
  inputs: [
    RTT,
    { ...LOSS, minimum: 1e-9 },
    MSS,
    { name: "scaling", unit: "1", meaning: "C of the RFC", minimum: 1e-3, maximum: 100, fallback: 0.4 },
  ],
  predict: ({ rttSeconds, lossRatio, segmentBytes, scaling }) =>
    (8 * segmentBytes * averageWindow(rttSeconds, lossRatio, scaling)) / rttSeconds,
  leavesOut: [
    "time-outs",
    "recoveries",
    "drops of the queue",
    "longer round trips",
    "a window that was not used",
    "idle restarts",
    "delayed acknowledgements",
  ],
  brokenAssumptions: ({ rttSeconds, lossRatio }) =>
    unmet([
      [
        lossRatio <= 0.003,
        "above 0.3 % of loss the window is reduced every 15 round trips or sooner, and the round trip of each recovery, in which it does not grow, is left out",
      ],
      [
        cubeRootPeriod(rttSeconds, lossRatio) < 60,
        "a period of the cubic takes minutes: a run does not see the average of many",
      ],
    ]),
});

/** Segments. Reno's as the RFC's tables have it: 1.2/√p. */
export function averageWindow(rttSeconds: number, lossRatio: number, scaling = 0.4): number {
  const factor = ((scaling * (3 + BETA)) / (4 * (1 - BETA))) ** 0.25;
  return Math.max(factor * (rttSeconds / lossRatio) ** 0.75, renoWindow(lossRatio));
}

export function renoWindow(lossRatio: number): number {
  return 1.2 / Math.sqrt(lossRatio);
}

/** Seconds between two losses. */
function cubeRootPeriod(rttSeconds: number, lossRatio: number): number {
  return rttSeconds / (lossRatio * averageWindow(rttSeconds, lossRatio));
}
