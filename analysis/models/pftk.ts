// The send rate of a long TCP Reno transfer with time-outs: Padhye, Firoiu, Towsley and Kurose,
// "Modeling TCP Reno performance", IEEE/ACM ToN 8(2), 2000: the full model, equation 32, and its
// well-known approximation, equation 33. Loss events count, not lost segments. "received" is the
// throughput of the same model, without what is lost in each last round: hold goodput against that.
// For Linux b = 1 and T0 = RTT + 0.2 s, which the inputs fall back to.

import { CREDIT, firstTimeout, LOSS, MSS, RTT, TIMEOUT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";

export const pftk = defineModel({
  name: "pftk",
  title: "Throughput of TCP Reno with time-outs (PFTK)",
  source: "Padhye, Firoiu, Towsley, Kurose: Modeling TCP Reno performance, ToN 8(2), 2000",
  predicts: { quantity: "rate of payload", unit: "bit/s" },
  inputs: [
    RTT,
    LOSS,
    MSS,
    CREDIT,
    TIMEOUT,
    {
      name: "maximumWindowSegments",
      unit: "segments",
      meaning: "what the receiver allows",
      minimum: 1,
      maximum: 1e9,
      fallback: 1e9,
    },
    {
      name: "form",
      unit: "1",
      meaning: "full: equation 32, what is sent; approximate: equation 33; received: what arrives",
      choices: ["full", "approximate", "received"],
      fallback: "received",
    },
  ],
  predict(values) {
    const { rttSeconds, lossRatio, segmentsPerCredit, maximumWindowSegments, segmentBytes } = values;
    const timeout = firstTimeout(values.timeoutSeconds, rttSeconds);
    return (
      8 * segmentBytes * RATES[values.form](rttSeconds, lossRatio, segmentsPerCredit, timeout, maximumWindowSegments)
    );
  },
  leavesOut: [
    "longer round trips",
    "drops of the queue",
    "a window that was not used",
    "idle restarts",
    "delayed acknowledgements",
  ],
  countsOn: ["time-outs"],
  brokenAssumptions: ({ lossRatio, rttSeconds, maximumWindowSegments, timeoutSeconds, segmentsPerCredit: b }) =>
    unmet([
      [
        timeoutPart(rttSeconds, lossRatio, b, firstTimeout(timeoutSeconds, rttSeconds), maximumWindowSegments) <= 0.1,
        "time-outs take more than a tenth of the time by its count, in which every loss with fewer than three duplicate acknowledgements ends in one: Linux repairs most of these without, by SACK, RACK and TLP",
      ],
      [
        lossRatio > 0 || maximumWindowSegments < 1e9,
        "without loss nothing bounds the window but the receiver and the path",
      ],
      [
        lossRatio <= 0.02,
        "above 2 % of loss windows are so small that their mean, with which it calculates, stands for them badly: it says 10 to 30 % more than its own loss process, simulated",
      ],
      [
        lossRatio === 0 || Math.sqrt(8 / (3 * b * lossRatio)) * rttSeconds < 60,
        "a sawtooth takes minutes: a run does not see the average of many",
      ],
    ]),
});

/** Segments per second. */
type Rate = (rtt: number, p: number, b: number, timeout: number, largest: number) => number;

export const RATES: Readonly<Record<"full" | "approximate" | "received", Rate>> = {
  full: (...path) => exactRate(...path, (p, window, share) => (1 - p) / p + window + share / (1 - p)),
  received: (...path) => exactRate(...path, (p, window, share) => (1 - p) / p + window / 2 + share),
  approximate: approximateRate,
};

/** Segments per second, equation 32, of the segments that count in a period between time-outs. */
function exactRate(
  rtt: number,
  p: number,
  b: number,
  timeout: number,
  largest: number,
  counted: (p: number, window: number, share: number) => number,
): number {
  if (p === 0) return largest / rtt;
  const offset = (2 + b) / (3 * b);
  const window = offset + Math.sqrt((8 * (1 - p)) / (3 * b * p) + offset ** 2);
  const isLimited = window >= largest;
  const reached = isLimited ? largest : window;
  const share = timeoutShare(p, reached);
  const segments = counted(p, reached, share);
  const rounds = isLimited ? (b / 8) * largest + (1 - p) / (p * largest) + 2 : (b / 2) * window + 1;
  return segments / (rtt * rounds + (share * backoffs(p) * timeout) / (1 - p));
}

/** Segments per second, equation 33. */
function approximateRate(rtt: number, p: number, b: number, timeout: number, largest: number): number {
  if (p === 0) return largest / rtt;
  const timeouts = timeout * Math.min(1, 3 * Math.sqrt((3 * b * p) / 8)) * p * (1 + 32 * p ** 2);
  return Math.min(largest / rtt, 1 / (rtt * Math.sqrt((2 * b * p) / 3) + timeouts));
}

/** The share of the time that passes in time-outs, by equation 32. */
function timeoutPart(rtt: number, p: number, b: number, timeout: number, largest: number): number {
  if (p === 0) return 0;
  return 1 - exactRate(rtt, p, b, timeout, largest, () => 1) / exactRate(rtt, p, b, 0, largest, () => 1);
}

/** Q̂(w), equation 24: how likely a loss in a window of w ends in a time-out. */
export function timeoutShare(p: number, window: number): number {
  const kept = 1 - p;
  if (window <= 3) return 1;
  return Math.min(1, ((1 - kept ** 3) * (1 + kept ** 3 * (1 - kept ** (window - 3)))) / (1 - kept ** window));
}

/** f(p), equation 28: the doubling of time-outs in a row, up to 64 times. */
export function backoffs(p: number): number {
  return 1 + p + 2 * p ** 2 + 4 * p ** 3 + 8 * p ** 4 + 16 * p ** 5 + 32 * p ** 6;
}
