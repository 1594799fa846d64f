// The time of a page (a document, then objects that it names, equal but for the last, which may be
// larger) by the plan of its connections, composed of transfers in slow start: Heidemann, Obraczka
// and Touch, ToN 5(5), 1997. k connections that begin together act as one with k times the window
// that carries k objects, because they share the bottleneck and double together. Answers of one
// flight do not: they leave the bottleneck one after another, and no connection waits for another.

import { HANDSHAKES, HEADER, INITIAL_WINDOW, MSS, QUEUE, RATE, RTT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";
import { onTheWire, overshootSegments, type Transfer, transferSeconds, windowAfter } from "./slow-start.ts";

const PLANS = ["1.0-serial", "1.0-parallel", "1.1-serial", "1.1-pipelined", "1.1-parallel"] as const;
type Plan = (typeof PLANS)[number];

/** Of up to 144 bytes each, in a segment of 1448. */
const REQUESTS_PER_SEGMENT = 10;

interface Page {
  documentBytes: number;
  objects: number;
  objectBytes: number;
  largestBytes: number;
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
      name: "largestBytes",
      unit: "bytes",
      meaning: "the last object with its header, if it is larger than the others; 0: all are equal",
      minimum: 0,
      maximum: 1e10,
      fallback: 0,
    },
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
    const page: Page = { ...values, largestBytes: largestOf(values), path: values };
    const seconds = documentSeconds(page) + (values.objects === 0 ? 0 : OBJECTS_SECONDS[plan](page));
    return seconds + serverSeconds * (1 + turns);
  },
  leavesOut: [
    "time-outs",
    "recoveries",
    "segments sent again",
    "drops of the queue",
    "an early end of slow start",
    "a window that stood still in slow start",
    "a window that was not filled",
    "idle restarts",
    "delayed acknowledgements",
  ],
  brokenAssumptions(values) {
    const { queueSegments, objects, documentBytes, connections, plan, initialWindowSegments } = values;
    const isPipelined = plan === "1.1-pipelined";
    const together = Math.min(objects, isPipelined ? objects : plan.endsWith("-parallel") ? connections : 1);
    const windows = isPipelined ? 1 : Math.max(1, together);
    const largest = Math.max(documentBytes, bytesOf({ ...values, largestBytes: largestOf(values) }, together));
    const windowSegments = windows * initialWindowSegments;
    const requestsInOneFlight = REQUESTS_PER_SEGMENT * initialWindowSegments;
    const overshoot = overshootSegments({ ...values, payloadBytes: largest, windowSegments });
    return unmet([
      [
        overshoot <= queueSegments,
        `slow start overshoots the path by ${Math.ceil(overshoot)} segments and the queue holds ${Math.floor(queueSegments)}: losses are not modelled`,
      ],
      [
        !isPipelined || objects <= requestsInOneFlight,
        `the client's window lets ${requestsInOneFlight} requests go at once: the others wait, which is not modelled`,
      ],
      [
        values.rttSeconds > 0.02,
        "up to 20 ms of round trip the hosts' and links' own times, which are not modelled, are no longer small: 2 ms a round trip are a tenth (the paper finds it too low on short paths)",
      ],
    ]);
  },
});

/** From the whole document to the whole page, of one object or more. */
const OBJECTS_SECONDS: Record<Plan, (page: Page) => number> = {
  "1.0-serial": (page) => inTurns(page, { connections: 1, persist: false }),
  "1.0-parallel": (page) => inTurns(page, { connections: page.connections, persist: false }),
  "1.1-serial": (page) => inTurns(page, { connections: 1, persist: true }),
  "1.1-pipelined": pipelined,
  "1.1-parallel": (page) => inTurns(page, { connections: page.connections, persist: true }),
};

/**
 * Connections that carry one object after another. Those that persist are opened when the document
 * is there, beside its own, and their windows grow; others are opened for each object.
 */
function inTurns(page: Page, { connections, persist }: { connections: number; persist: boolean }): number {
  const { objects, objectBytes, path } = page;
  const openSeconds = persist ? 0 : path.rttSeconds;
  const turns = Math.ceil(objects / connections);
  const inLastTurn = objects - (turns - 1) * connections;
  let seconds = persist && Math.min(connections, objects) > 1 ? path.rttSeconds : 0;
  let window = persist && connections === 1 ? windowAfterDocument(page) : page.initialWindowSegments;
  for (let turn = 1; turn < turns; turn += 1) {
    seconds += isOneFlight(page, window)
      ? Math.max(openSeconds + transfer(page, objectBytes, window), connections * wireSeconds(page, objectBytes))
      : openSeconds + transfer(page, connections * objectBytes, connections * window);
    if (persist) window = windowAfter(segmentsOf(page, objectBytes), window);
  }
  const last = isOneFlight(page, window)
    ? (inLastTurn - 1) * wireSeconds(page, objectBytes) + transfer(page, page.largestBytes, window)
    : transfer(page, bytesOf(page, inLastTurn), inLastTurn * window);
  return seconds + openSeconds + last;
}

/** Whether an answer leaves the server whole, without a wait for an acknowledgement. */
function isOneFlight(page: Page, windowSegments: number): boolean {
  return segmentsOf(page, page.objectBytes) <= windowSegments;
}

/** All requests leave together, and all answers are one transfer on the document's connection. */
function pipelined(page: Page): number {
  return transfer(page, bytesOf(page, page.objects), windowAfterDocument(page));
}

function largestOf({ largestBytes, objectBytes }: Pick<Page, "largestBytes" | "objectBytes">): number {
  return largestBytes === 0 ? objectBytes : largestBytes;
}

/** Bytes of so many objects, the last of the page among them. */
function bytesOf({ objectBytes, largestBytes }: Pick<Page, "largestBytes" | "objectBytes">, objects: number): number {
  return objects === 0 ? 0 : (objects - 1) * objectBytes + largestBytes;
}

function documentSeconds(page: Page): number {
  const { handshakes, documentBytes, initialWindowSegments, path } = page;
  return handshakes * path.rttSeconds + transfer(page, documentBytes, initialWindowSegments);
}

function windowAfterDocument(page: Page): number {
  return windowAfter(segmentsOf(page, page.documentBytes), page.initialWindowSegments);
}

function transfer({ path }: Page, payloadBytes: number, windowSegments: number): number {
  return transferSeconds({ ...path, payloadBytes, windowSegments });
}

function wireSeconds({ path }: Page, payloadBytes: number): number {
  return onTheWire({ ...path, payloadBytes }).wireSeconds;
}

function segmentsOf({ path }: Page, payloadBytes: number): number {
  return onTheWire({ ...path, payloadBytes }).segments;
}
