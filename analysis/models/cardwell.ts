// How long a transfer takes from SYN to last byte under random loss: Cardwell, Savage and Anderson,
// "Modeling TCP latency", INFOCOM 2000 (equation numbers below are the paper's). For Linux: every
// acknowledged segment is credited, so the window doubles each round (b = 1, γ = 2), a lost SYN
// costs 1 s (RFC 6298), the first time-out is RTT + 0.2 s, and an acknowledgement is not delayed at
// the start.

import { CREDIT, firstTimeout, HANDSHAKES, INITIAL_WINDOW, LOSS, MSS, RTT, TIMEOUT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";
import { backoffs, RATES, timeoutShare } from "./pftk.ts";

export const cardwell = defineModel({
  name: "cardwell",
  title: "Latency of a TCP transfer under loss (Cardwell, Savage, Anderson)",
  source: "Cardwell, Savage, Anderson: Modeling TCP latency. INFOCOM 2000",
  predicts: { quantity: "time of a transfer on an open or a new connection", unit: "s" },
  inputs: [
    RTT,
    LOSS,
    { name: "transferBytes", unit: "bytes", meaning: "what is transferred", minimum: 1, maximum: 1e12 },
    HANDSHAKES,
    {
      name: "synTimeoutSeconds",
      unit: "s",
      meaning: "first time-out of a SYN",
      minimum: 0.1,
      maximum: 10,
      fallback: 1,
    },
    {
      name: "delayedAckSeconds",
      unit: "s",
      meaning: "wait of the first acknowledgement",
      minimum: 0,
      maximum: 1,
      fallback: 0,
    },
    {
      name: "maximumWindowSegments",
      unit: "segments",
      meaning: "what the receiver allows",
      minimum: 1,
      maximum: 1e9,
      fallback: 1e9,
    },
    INITIAL_WINDOW,
    MSS,
    CREDIT,
    TIMEOUT,
  ],
  predict(values) {
    const { rttSeconds: rtt, lossRatio: p, initialWindowSegments: first, segmentsPerCredit: b } = values;
    const segments = Math.ceil(values.transferBytes / values.segmentBytes);
    const largest = Math.max(first, values.maximumWindowSegments);
    const growth = 1 + 1 / b;
    const inSlowStart = slowStartSegments(segments, p);
    const handshake = values.handshakes * handshakeSeconds(rtt, p, values.synTimeoutSeconds);
    const slowStart = slowStartSeconds(inSlowStart, first, largest, growth, rtt);
    const windowAtEnd = (inSlowStart * (growth - 1)) / growth + first / growth; // (11)
    const timeout = firstTimeout(values.timeoutSeconds, rtt);
    const recovery = p === 0 ? 0 : recoverySeconds(segments, Math.min(windowAtEnd, largest), p, timeout, rtt);
    const left = segments - inSlowStart;
    const later = left <= 0 ? 0 : left / RATES.received(rtt, p, b, timeout, largest);
    return handshake + slowStart + recovery + later + values.delayedAckSeconds;
  },
  leavesOut: [
    "longer round trips",
    "drops of the queue",
    "an early end of slow start",
    "a window that stood still in slow start",
    "idle restarts",
    "delayed acknowledgements",
  ],
  brokenAssumptions: ({ lossRatio, maximumWindowSegments }) =>
    unmet([
      [lossRatio <= 0.1, "above 10 % of loss most rounds end in time-outs that double, and handshakes fail"],
      [maximumWindowSegments >= 4, "a window below four segments cannot bring three duplicate acknowledgements"],
    ]),
});

/** (4), with loss alike in both directions. */
function handshakeSeconds(rtt: number, p: number, synTimeout: number): number {
  return rtt + synTimeout * ((2 * (1 - p)) / (1 - 2 * Math.min(p, 0.49)) - 2);
}

/** (5): segments sent before the first loss, at most all. */
function slowStartSegments(segments: number, p: number): number {
  if (p === 0) return segments;
  return Math.min(segments, ((1 - (1 - p) ** segments) * (1 - p)) / p + 1);
}

/**
 * (15), with the sum of the rounds at the largest window in parentheses, where printed ports have
 * it wrong.
 */
function slowStartSeconds(sent: number, first: number, largest: number, growth: number, rtt: number): number {
  const windowAtEnd = (sent * (growth - 1)) / growth + first / growth;
  const rounds = (ratio: number) => Math.log(ratio) / Math.log(growth);
  if (windowAtEnd <= largest) return rtt * rounds((sent * (growth - 1)) / first + 1);
  const untilLargest = (growth * largest - first) / (growth - 1);
  return rtt * (rounds(largest / first) + 1 + (sent - untilLargest) / largest);
}

/** (20): what the first loss costs, if there is one. */
function recoverySeconds(segments: number, window: number, p: number, timeout: number, rtt: number): number {
  const isThereLoss = 1 - (1 - p) ** segments;
  const share = timeoutShare(p, Math.max(window, 1));
  return isThereLoss * ((share * backoffs(p) * timeout) / (1 - p) + (1 - share) * rtt);
}
