// A closed load (N users who think, ask over a path, and wait) at a server's processors and a link,
// by mean value analysis: Reiser and Lavenberg, "Mean-value analysis of closed multichain queuing
// networks", JACM 27(2), 1980. Thinking and propagation are delays in which nobody waits for
// another. c processors are one c times as fast and a delay for the rest: Seidmann, Schweitzer and
// Shalev-Oren, "Computerized closed queueing network models", 1987.

import { defineModel, type Model, unmet } from "./model.ts";

const INPUTS = [
  { name: "users", unit: "1", meaning: "N: requests that are under way or thought about", minimum: 1, maximum: 1e5 },
  { name: "thinkSeconds", unit: "s", meaning: "mean pause of a user", minimum: 0, maximum: 3600, fallback: 0 },
  {
    name: "delaySeconds",
    unit: "s",
    meaning: "round trips of a request, without queueing",
    minimum: 0,
    maximum: 60,
    fallback: 0,
  },
  { name: "serverSeconds", unit: "s", meaning: "processor time of a request at the server", minimum: 0, maximum: 60 },
  { name: "processors", unit: "1", meaning: "processors that serve it", minimum: 1, maximum: 1024, fallback: 1 },
  {
    name: "linkSeconds",
    unit: "s",
    meaning: "time of an answer on the bottleneck link",
    minimum: 0,
    maximum: 60,
    fallback: 0,
  },
] as const;

interface Network {
  users: number;
  thinkSeconds: number;
  delaySeconds: number;
  serverSeconds: number;
  processors: number;
  linkSeconds: number;
}

const SOURCE = "Reiser, Lavenberg: Mean-value analysis of closed multichain queuing networks. JACM 27(2), 1980";

export const closedThroughput: Model = defineModel({
  name: "closed-throughput",
  title: "Throughput of a closed load (mean value analysis)",
  source: SOURCE,
  predicts: { quantity: "requests per second", unit: "1/s" },
  inputs: INPUTS,
  predict: (network) => meanValues(network).perSecond,
  brokenAssumptions,
});

export const closedResponse: Model = defineModel({
  name: "closed-response",
  title: "Response time of a closed load (mean value analysis)",
  source: SOURCE,
  predicts: { quantity: "mean time of a request", unit: "s" },
  inputs: INPUTS,
  predict: (network) => meanValues(network).responseSeconds,
  brokenAssumptions,
});

/** Throughput, and the response without the thinking. */
export function meanValues(network: Network): { perSecond: number; responseSeconds: number } {
  const { users, thinkSeconds, delaySeconds, serverSeconds, processors, linkSeconds } = network;
  const demands = [serverSeconds / processors, linkSeconds];
  const delays = delaySeconds + (serverSeconds * (processors - 1)) / processors;
  const queued = demands.map(() => 0);
  let [perSecond, responseSeconds] = [0, 0];
  for (let count = 1; count <= users; count += 1) {
    const residences = demands.map((demand, at) => demand * (1 + (queued[at] as number)));
    responseSeconds = residences.reduce((sum, residence) => sum + residence, delays);
    perSecond = count / (thinkSeconds + responseSeconds);
    for (const [at, residence] of residences.entries()) queued[at] = perSecond * residence;
  }
  return { perSecond, responseSeconds };
}

function brokenAssumptions({ users, thinkSeconds, delaySeconds, serverSeconds, linkSeconds }: Network): string[] {
  return unmet([
    [Number.isInteger(users), "users come whole"],
    [thinkSeconds + delaySeconds + serverSeconds + linkSeconds > 0, "a request takes some time"],
  ]);
}
