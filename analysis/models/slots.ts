// The most requests per second of a server whose M slots (threads, processes, connections) are each
// held for the time it serves and the time it then waits on an idle persistent connection: λmax = M
// / (Tserve + Tidle), Little's law with all slots taken. Little, "A proof for the queuing formula L
// = λW", Operations Research 9 (1961). An iterative server has one slot.

import { defineModel, unmet } from "./model.ts";

export const slots = defineModel({
  name: "slots",
  title: "Largest rate of a server with a bounded number of slots",
  source: "Little: A proof for the queuing formula L = λW. Operations Research 9, 1961",
  predicts: { quantity: "requests per second, at most", unit: "1/s" },
  inputs: [
    { name: "slots", unit: "1", meaning: "M: connections served at once", minimum: 1, maximum: 1e7 },
    {
      name: "serveSeconds",
      unit: "s",
      meaning: "from the first octet of a request to the last of its answer",
      minimum: 0,
      maximum: 3600,
    },
    {
      name: "idleSeconds",
      unit: "s",
      meaning: "how long a slot is held without a request",
      minimum: 0,
      maximum: 3600,
      fallback: 0,
    },
    {
      name: "requestsPerHold",
      unit: "1",
      meaning: "requests served before a slot waits idle",
      minimum: 1,
      maximum: 1e6,
      fallback: 1,
    },
    {
      name: "processorPerSecond",
      unit: "1/s",
      meaning: "requests that its processors can serve",
      minimum: 0,
      maximum: 1e9,
      fallback: 1e9,
    },
  ],
  predict: ({ slots, serveSeconds, idleSeconds, requestsPerHold }) =>
    (slots * requestsPerHold) / (requestsPerHold * serveSeconds + idleSeconds),
  brokenAssumptions: (values) => {
    const { slots, serveSeconds, idleSeconds, requestsPerHold, processorPerSecond } = values;
    const rate = (slots * requestsPerHold) / (requestsPerHold * serveSeconds + idleSeconds);
    return unmet([
      [serveSeconds + idleSeconds > 0, "a slot that is held for no time bounds nothing"],
      [rate <= processorPerSecond, "the processors are busy before the slots are all taken"],
    ]);
  },
});
