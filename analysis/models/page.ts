// The time of a page (a document, then equal objects that it names) by the plan of its connections,
// composed of transfers in slow start: Heidemann, Obraczka and Touch, ToN 5(5), 1997. k connections
// that begin together act as one with k times the window that carries k objects, because they share
// the bottleneck and double together.

import { HANDSHAKES, HEADER, INITIAL_WINDOW, MSS, QUEUE, RATE, RTT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";
import { onTheWire, overshootSegments, type Transfer, transferSeconds, windowAfter } from "./slow-start.ts";

const PLANS = ["1.0-serial", "1.0-parallel", "1.1-serial", "1.1-pipelined", "1.1-parallel"] as const;
type Plan = (typeof PLANS)[number];

interface Page {
  documentBytes: number;
  objects: number;
  objectBytes: number;
  connections: number;
  handshakes: number;
  initialWindowSegments: number;
  path: Omit<Transfer, "payloadBytes" | "windowSegments">;
}

export const page = defineModel({
  name: "page",
  title: "Slow-start model of a page, by connection plan",
  source:
    "Heidemann, Obraczka, Touch: Modeling the performance of HTTP over several transport protocols. ToN 5(5), 1997",
  predicts: { quantity: "time from the first SYN to the last byte of the page", unit: "s" },
  inputs: [
    { name: "plan", unit: "1", meaning: "which connections carry the page", choices: PLANS },
    RTT,
    RATE,
    { name: "documentBytes", unit: "bytes", meaning: "the document with its header", minimum: 1, maximum: 1e10 },
    { name: "objects", unit: "1", meaning: "how many objects it names", minimum: 0, maximum: 1e5 },
    { name: "objectBytes", unit: "bytes", meaning: "an object with its header", minimum: 1, maximum: 1e10 },
    {
      name: "connections",
      unit: "1",
      meaning: "connections of a parallel plan",
      minimum: 1,
      maximum: 256,
      fallback: 1,
    },
    {
      name: "serverSeconds",
      unit: "s",
      meaning: "time of the server for a request",
      minimum: 0,
      maximum: 60,
      fallback: 0,
    },
    { ...HANDSHAKES, meaning: "of the document's connection; 1: it is new; 0: it is there" },
    INITIAL_WINDOW,
    MSS,
    HEADER,
    QUEUE,
  ],
  predict(values) {
    const { serverSeconds, connections, plan } = values;
    const width = plan.endsWith("-parallel") ? connections : 1;
    const turns = plan === "1.1-pipelined" ? Math.min(values.objects, 1) : Math.ceil(values.objects / width);
    return TIMES[plan]({ ...values, path: values }) + serverSeconds * (1 + turns);
  },
  leavesOut: [
    "time-outs",
    "recoveries",
    "segments sent again",
    "drops of the queue",
    "an early end of slow start",
    "a window that stood still in slow start",
    "idle restarts",
    "delayed acknowledgements",
  ],
  brokenAssumptions(values) {
    const { queueSegments, objects, objectBytes, documentBytes, connections, plan } = values;
    const together =
      plan === "1.1-pipelined" ? objects : plan.endsWith("-parallel") ? Math.min(connections, objects) : 1;
    const windows = plan.endsWith("-parallel") ? together : 1;
    const largest = Math.max(documentBytes, together * objectBytes);
    const windowSegments = windows * values.initialWindowSegments;
    const overshoot = overshootSegments({ ...values, payloadBytes: largest, windowSegments });
    return unmet([
      [
        overshoot <= queueSegments,
        `slow start overshoots the path by ${Math.ceil(overshoot)} segments and the queue holds ${Math.floor(queueSegments)}: losses are not modelled`,
      ],
      [
        values.rttSeconds > 0.02,
        "up to 20 ms of round trip the hosts' and links' own times, which are not modelled, are no longer small: 2 ms a round trip are a tenth (the paper finds it too low on short paths)",
      ],
    ]);
  },
});

const TIMES: Record<Plan, (page: Page) => number> = {
  "1.0-serial": (page) => {
    const fresh = page.path.rttSeconds + transfer(page, page.objectBytes, page.initialWindowSegments);
    return document(page) + page.objects * fresh;
  },
  "1.0-parallel": (page) => {
    const { objectBytes, initialWindowSegments: window, path } = page;
    return batches(page).reduce(
      (sum, width) => sum + path.rttSeconds + transfer(page, width * objectBytes, width * window),
      document(page),
    );
  },
  "1.1-serial": (page) => persistent(page, 1),
  "1.1-pipelined": (page) => {
    const all = page.objects * page.objectBytes;
    return document(page) + (page.objects === 0 ? 0 : transfer(page, all, windowAfterDocument(page)));
  },
  "1.1-parallel": (page) => persistent(page, page.connections),
};

/**
 * The other connections open when the document is there; then each carries its objects in turn, its
 * window growing.
 */
function persistent(page: Page, connections: number): number {
  let seconds = document(page);
  let window = connections === 1 ? windowAfterDocument(page) : page.initialWindowSegments;
  for (const [turn, width] of batches({ ...page, connections }).entries()) {
    if (turn === 0 && width > 1) seconds += page.path.rttSeconds;
    seconds += transfer(page, width * page.objectBytes, width * window);
    window = windowAfter(segmentsOf(page, page.objectBytes), window);
  }
  return seconds;
}

/** How many objects are on their way at once: k, k, …, and what is left. */
function batches({ objects, connections }: Page): number[] {
  const whole = Array<number>(Math.floor(objects / connections)).fill(connections);
  return objects % connections === 0 ? whole : [...whole, objects % connections];
}

function document(page: Page): number {
  const { handshakes, documentBytes, initialWindowSegments, path } = page;
  return handshakes * path.rttSeconds + transfer(page, documentBytes, initialWindowSegments);
}

function windowAfterDocument(page: Page): number {
  return windowAfter(segmentsOf(page, page.documentBytes), page.initialWindowSegments);
}

function transfer({ path }: Page, payloadBytes: number, windowSegments: number): number {
  return transferSeconds({ ...path, payloadBytes, windowSegments });
}

function segmentsOf({ path }: Page, payloadBytes: number): number {
  return onTheWire({ ...path, payloadBytes }).segments;
}
