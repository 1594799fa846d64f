// The rate of a long TCP Reno transfer, (MSS/RTT)·C/√p: Mathis, Semke, Mahdavi and Ott, "The
// macroscopic behavior of the TCP congestion avoidance algorithm", CCR 27(3), 1997. C is √(3/2) for
// periodic loss; for independent loss 1.31 (Ott, Kemperman, Mathis, "The stationary behavior of
// ideal TCP congestion avoidance", 1996). Linux credits each segment, so delayed ACKs change
// nothing.

import { CREDIT, LOSS, MSS, RTT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";

const CONSTANTS = { periodic: Math.sqrt(3 / 2), random: 1.31 };

export const mathis = defineModel({
  name: "mathis",
  title: "Throughput of TCP Reno in congestion avoidance (Mathis)",
  source:
    "Mathis, Semke, Mahdavi, Ott: The macroscopic behavior of the TCP congestion avoidance algorithm. CCR 27(3), 1997",
  predicts: { quantity: "rate of payload", unit: "bit/s" },
  inputs: [
    RTT,
    { ...LOSS, minimum: 1e-9 },
    MSS,
    CREDIT,
    {
      name: "losses",
      unit: "1",
      meaning: "how losses are spaced",
      choices: ["random", "periodic"],
      fallback: "random",
    },
  ],
  predict: ({ rttSeconds, lossRatio, segmentBytes, segmentsPerCredit, losses }) =>
    (8 * segmentBytes * CONSTANTS[losses]) / (rttSeconds * Math.sqrt(segmentsPerCredit * lossRatio)),
  leavesOut: [
    "time-outs",
    "recoveries",
    "drops of the queue",
    "longer round trips",
    "a window that was not used",
    "idle restarts",
    "delayed acknowledgements",
  ],
  brokenAssumptions: ({ lossRatio, rttSeconds }) =>
    unmet([
      [
        lossRatio <= 0.003,
        "above 0.3 % of loss the window is halved every 14 round trips or sooner, and the round trip of each recovery, in which it does not grow, is left out",
      ],
      [rttSeconds / Math.sqrt(lossRatio) < 60, "a sawtooth takes minutes: a run does not see the average of many"],
    ]),
});
