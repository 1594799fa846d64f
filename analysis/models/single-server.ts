// The mean response of an open load at one server whose times of service vary in any way, M/G/1:
// the formula of Pollaczek and Khinchine, as in Kleinrock, "Queueing Systems, volume 1", 1975,
// section 5.6. With a variation of 1 it is M/M/1, with 0 M/D/1.

import { defineModel, unmet } from "./model.ts";

export const singleServer = defineModel({
  name: "single-server",
  title: "Mean response time of an open load at one server (M/G/1)",
  source: "Kleinrock: Queueing Systems, volume 1, section 5.6. 1975",
  predicts: { quantity: "mean response time", unit: "s" },
  inputs: [
    { name: "arrivalsPerSecond", unit: "1/s", meaning: "requests offered, by all together", minimum: 0, maximum: 1e9 },
    {
      name: "serviceSeconds",
      unit: "s",
      meaning: "mean time of the server for a request",
      minimum: 1e-9,
      maximum: 3600,
    },
    {
      name: "variation",
      unit: "1",
      meaning: "standard deviation of that time by its mean",
      minimum: 0,
      maximum: 100,
      fallback: 1,
    },
    {
      name: "delaySeconds",
      unit: "s",
      meaning: "what a request takes beside the server, without queueing",
      minimum: 0,
      maximum: 60,
      fallback: 0,
    },
  ],
  predict({ arrivalsPerSecond, serviceSeconds, variation, delaySeconds }) {
    const busy = arrivalsPerSecond * serviceSeconds;
    if (busy >= 1) return Number.POSITIVE_INFINITY;
    const waitSeconds = (busy * serviceSeconds * (1 + variation ** 2)) / (2 * (1 - busy));
    return delaySeconds + serviceSeconds + waitSeconds;
  },
  brokenAssumptions: ({ arrivalsPerSecond, serviceSeconds }) =>
    unmet([
      [arrivalsPerSecond * serviceSeconds < 1, "more is offered than the server can do: the queue grows without bound"],
    ]),
});
