// The mean response of an open load at c equal servers, M/M/c: Erlang 1917, as in Kleinrock,
// "Queueing Systems, volume 1", 1975, section 3.5. Erlang's C by the recurrence of his B, which
// does not overflow. Times of service that vary otherwise, M/G/c, have the wait of M/M/c by the
// factor that is exact for one server: Lee and Longton, "Queueing processes associated with airline
// passenger check-in", Operational Research Quarterly 10(1), 1959.

import { defineModel, unmet } from "./model.ts";

export const multiServer = defineModel({
  name: "multi-server",
  title: "Mean response time of an open load at c servers (M/G/c)",
  source: "Kleinrock: Queueing Systems, volume 1, section 3.5. 1975",
  predicts: { quantity: "mean response time", unit: "s" },
  inputs: [
    { name: "arrivalsPerSecond", unit: "1/s", meaning: "requests offered", minimum: 0, maximum: 1e9 },
    { name: "serviceSeconds", unit: "s", meaning: "mean time of a server for a request", minimum: 1e-9, maximum: 3600 },
    { name: "servers", unit: "1", meaning: "c: requests served at once", minimum: 1, maximum: 1e5 },
    {
      name: "variation",
      unit: "1",
      meaning: "standard deviation of that time by its mean; 1: exponential, M/M/c",
      minimum: 0,
      maximum: 100,
      fallback: 1,
    },
    {
      name: "delaySeconds",
      unit: "s",
      meaning: "what a request takes beside the servers, without queueing",
      minimum: 0,
      maximum: 60,
      fallback: 0,
    },
  ],
  predict({ arrivalsPerSecond, serviceSeconds, servers, variation, delaySeconds }) {
    const offered = arrivalsPerSecond * serviceSeconds;
    if (offered >= servers) return Number.POSITIVE_INFINITY;
    const waitSeconds = (waitingShare(offered, servers) * serviceSeconds) / (servers - offered);
    return delaySeconds + serviceSeconds + (waitSeconds * (1 + variation ** 2)) / 2;
  },
  brokenAssumptions: ({ arrivalsPerSecond, serviceSeconds, servers }) =>
    unmet([
      [
        arrivalsPerSecond * serviceSeconds < servers,
        "more is offered than the servers can do: the queue grows without bound",
      ],
      [Number.isInteger(servers), "servers come whole"],
    ]),
});

/** Erlang's C: the probability that a request waits. */
export function waitingShare(offered: number, servers: number): number {
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (offered * blocked) / (count + offered * blocked);
  return (servers * blocked) / (servers - offered * (1 - blocked));
}
