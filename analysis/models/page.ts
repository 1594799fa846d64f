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
  plan: Plan;
  documentBytes: number;
  objects: number;
  objectBytes: number;
  largestBytes: number;
  connections: number;
  handshakes: number;
  initialWindowSegments: number;
  path: Omit<Transfer, "payloadBytes" | "windowSegments">;
}

/** Answers asked for together, one by connection: all but the last are equal. */
interface Turn {
  answers: number;
  lastBytes: number;
  /** Of each connection. */
  windowSegments: number;
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
    const page = pageOf(values);
    const turns = turnsOf(page);
    return documentSeconds(page) + objectsSeconds(page, turns) + values.serverSeconds * (1 + turns.length);
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
    const { queueSegments, objects, plan, initialWindowSegments } = values;
    const requestsInOneFlight = REQUESTS_PER_SEGMENT * initialWindowSegments;
    const overshoot = largestOvershoot(pageOf(values));
    return unmet([
      [
        overshoot <= queueSegments,
        `slow start overshoots the path by ${Math.ceil(overshoot)} segments and the queue holds ${Math.floor(queueSegments)}: losses are not modelled`,
      ],
      [
        plan !== "1.1-pipelined" || objects <= requestsInOneFlight,
        `the client's window lets ${requestsInOneFlight} requests go at once: the others wait, which is not modelled`,
      ],
      [
        values.rttSeconds > 0.02,
        "up to 20 ms of round trip the hosts' and links' own times, which are not modelled, are no longer small: 2 ms a round trip are a tenth (the paper finds it too low on short paths)",
      ],
    ]);
  },
});

function pageOf(values: Omit<Page, "path"> & Page["path"]): Page {
  return {
    ...values,
    largestBytes: values.largestBytes === 0 ? values.objectBytes : values.largestBytes,
    path: values,
  };
}

/**
 * The requests of a pipeline leave together, and their answers are one transfer on the document's
 * connection. Other connections carry an object in each turn, and the windows of those that are
 * kept grow.
 */
function turnsOf(page: Page): Turn[] {
  const { plan, objects, objectBytes, largestBytes, initialWindowSegments } = page;
  if (objects === 0) return [];
  if (plan === "1.1-pipelined") {
    const lastBytes = (objects - 1) * objectBytes + largestBytes;
    return [{ answers: 1, lastBytes, windowSegments: windowAfterDocument(page) }];
  }
  const connections = plan.endsWith("-parallel") ? page.connections : 1;
  const turns: Turn[] = [];
  let windowSegments = isKept(plan) && connections === 1 ? windowAfterDocument(page) : initialWindowSegments;
  for (let left = objects; left > 0; left -= connections) {
    const lastBytes = left <= connections ? largestBytes : objectBytes;
    turns.push({ answers: Math.min(left, connections), lastBytes, windowSegments });
    if (isKept(plan)) windowSegments = windowAfter(segmentsOf(page, objectBytes), windowSegments);
  }
  return turns;
}

function isKept(plan: Plan): boolean {
  return plan.startsWith("1.1");
}

/**
 * From the whole document to the whole page. Connections that are kept are opened when the document
 * is there, beside its own; others are opened for each object.
 */
function objectsSeconds(page: Page, turns: readonly Turn[]): number {
  const { plan, path } = page;
  const openSeconds = isKept(plan) ? 0 : path.rttSeconds;
  let seconds = isKept(plan) && (turns[0]?.answers ?? 0) > 1 ? path.rttSeconds : 0;
  for (const [at, turn] of turns.entries()) {
    seconds += turnSeconds(page, turn, { openSeconds, isLast: at === turns.length - 1 });
  }
  return seconds;
}

function turnSeconds(
  page: Page,
  turn: Turn,
  { openSeconds, isLast }: { openSeconds: number; isLast: boolean },
): number {
  const { answers, lastBytes, windowSegments } = turn;
  const { objectBytes } = page;
  if (!isOneFlight(page, windowSegments)) {
    return openSeconds + transfer(page, (answers - 1) * objectBytes + lastBytes, answers * windowSegments);
  }
  const alone = openSeconds + transfer(page, lastBytes, windowSegments);
  const wire = wireSeconds(page, objectBytes);
  return isLast ? alone + (answers - 1) * wire : Math.max(alone, answers * wire);
}

/** The segments that wait at once, at most, while the page is carried. */
function largestOvershoot(page: Page): number {
  const { documentBytes, initialWindowSegments, path } = page;
  const pathSegments = path.rttSeconds / onTheWire({ ...path, payloadBytes: documentBytes }).segmentSeconds;
  const document = { answers: 1, lastBytes: documentBytes, windowSegments: initialWindowSegments };
  return [document, ...turnsOf(page)].reduce((largest, { answers, lastBytes, windowSegments }) => {
    const [each, last] = [segmentsOf(page, page.objectBytes), segmentsOf(page, lastBytes)];
    const burstSegments = (answers - 1) * Math.min(each, windowSegments) + Math.min(last, windowSegments);
    const segments = (answers - 1) * each + last;
    return Math.max(largest, overshootSegments({ segments, burstSegments }, pathSegments));
  }, 0);
}

/** Whether an answer leaves the server whole, without a wait for an acknowledgement. */
function isOneFlight(page: Page, windowSegments: number): boolean {
  return segmentsOf(page, page.objectBytes) <= windowSegments;
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
