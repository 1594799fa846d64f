// The page model against the textbook's number, against a transfer simulated segment by segment,
// and against what Nielsen found.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completeInputs, type Inputs } from "./model.ts";
import { page } from "./page.ts";
import { windowAfter } from "./slow-start.ts";

const predict = (inputs: Inputs) => page.predict(completeInputs(page, inputs));

function near(actual: number, expected: number, relative: number): void {
  assert.ok(Math.abs(actual / expected - 1) <= relative, `${actual}, expected ${expected} within ${100 * relative} %`);
}

describe("the page model", () => {
  const path = { rttSeconds: 0.1, rateBitsPerSecond: 50e6 };
  const pageOf = (plan: string, more: Inputs = {}) =>
    predict({ ...path, plan, documentBytes: 2000, objects: 4, objectBytes: 100_000, ...more });

  it("gives the 0.20 s of the textbook's formula for 10 KiB at 100 ms and 50 Mbit/s", () => {
    near(pageOf("1.0-serial", { documentBytes: 10_240, objects: 0 }), 0.2, 0.01);
  });

  it("saves the handshake of an open connection, and slow start with a window that is open", () => {
    const one = { documentBytes: 102_400, objects: 0 };
    const fresh = pageOf("1.0-serial", one);
    near(pageOf("1.0-serial", { ...one, handshakes: 0 }), fresh - 0.1, 1e-9);
    near(pageOf("1.0-serial", { ...one, handshakes: 0, initialWindowSegments: 81 }), 0.1 + (8 * 107_086) / 50e6, 1e-3);
  });

  for (const rttSeconds of [0.01, 0.1, 0.2]) {
    for (const rateBitsPerSecond of [2e6, 10e6, 50e6]) {
      for (const initialWindowSegments of [1, 4, 10]) {
        it(`finds the time of single transfers as a simulation of each segment does, ${[1000 * rttSeconds, "ms", rateBitsPerSecond / 1e6, "Mbit/s, window", initialWindowSegments].join(" ")}`, () => {
          for (const documentBytes of [1000, 15_000, 100_000, 1_000_000]) {
            const inputs = { rttSeconds, rateBitsPerSecond, initialWindowSegments, documentBytes, objects: 0 };
            const segments = Math.ceil(documentBytes / 1448);
            const simulated = rttSeconds + simulatedTransfer(segments, { ...inputs, connections: 1 });
            // The last segment may be short, which the simulation does not know: one segment's time
            // at most.
            const segmentSeconds = (8 * 1514) / rateBitsPerSecond;
            const predicted = pageOf("1.1-serial", inputs);
            assert.ok(Math.abs(predicted - simulated) <= segmentSeconds + 1e-9, `${predicted}, simulated ${simulated}`);
          }
        });
      }
    }
  }

  it("finds parallel connections' time as a simulation of all of them over one bottleneck does", () => {
    for (const [rateBitsPerSecond, objectBytes] of [
      [2e6, 20_000],
      [10e6, 100_000],
      [50e6, 100_000],
      [50e6, 1_000_000],
    ] as const) {
      const each = Math.ceil(objectBytes / 1448);
      const simulated =
        0.1 +
        simulatedTransfer(2, { ...path, rateBitsPerSecond, initialWindowSegments: 10, connections: 1 }) +
        0.1 +
        simulatedTransfer(each, { ...path, rateBitsPerSecond, initialWindowSegments: 10, connections: 4 });
      near(pageOf("1.0-parallel", { rateBitsPerSecond, objectBytes, connections: 4 }), simulated, 0.03);
    }
  });

  it("has serial HTTP/1.1 behind four connections of HTTP/1.0 on a WAN, and pipelining before both, as Nielsen found in 1997", () => {
    const nielsen = {
      rttSeconds: 0.09,
      rateBitsPerSecond: 1.5e6,
      documentBytes: 42_000,
      objects: 42,
      objectBytes: 3000,
    };
    const [serial, four, pipelined] = [
      pageOf("1.1-serial", { ...nielsen, initialWindowSegments: 2 }),
      pageOf("1.0-parallel", { ...nielsen, connections: 4, initialWindowSegments: 2 }),
      pageOf("1.1-pipelined", { ...nielsen, initialWindowSegments: 2 }),
    ] as [number, number, number];
    assert.ok(serial > four && four > pipelined, `${serial} ${four} ${pipelined}`);
  });

  it("lets the window of small answers grow to twice what was in flight and no further, as Linux does", () => {
    assert.equal(windowAfter(7, 10), 14);
    assert.equal(windowAfter(7, 14), 14);
    assert.equal(windowAfter(3, 10), 10);
    assert.equal(windowAfter(70, 10), 80);
  });

  it("finds serial objects on one connection as transfers one after another, each with the window that the last left", () => {
    const path = { rttSeconds: 0.1, rateBitsPerSecond: 10e6, initialWindowSegments: 10 };
    const bytes = 14_480 * 2;
    let [simulated, window] = [0.1, 10];
    for (let object = 0; object < 5; object += 1) {
      simulated += simulatedTransfer(20, { ...path, initialWindowSegments: window, connections: 1 });
      window += 20;
    }
    const inputs = { ...path, plan: "1.1-serial", documentBytes: bytes, objects: 4, objectBytes: bytes };
    near(predict(inputs), simulated, 0.005);
  });

  it("takes five round trips for a pipelined page of 42 small objects on a fast path", () => {
    const fast = { rttSeconds: 0.1, rateBitsPerSecond: 1e12, plan: "1.1-pipelined" };
    // One to connect; 30 segments of the document in flights of 10 and 20, which leave a window of
    // 40; 84 segments of the objects in flights of 40 and 44.
    const inputs = { documentBytes: 30 * 1448, objects: 42, objectBytes: 2 * 1448 };
    near(predict({ ...fast, ...inputs }), 0.5, 1e-3);
    near(predict({ ...fast, ...inputs, objects: 20 }), 0.4, 1e-3);
  });

  for (const rttSeconds of [0.03, 0.1, 0.2]) {
    for (const rateBitsPerSecond of [2e6, 10e6, 50e6]) {
      const where = `${1000 * rttSeconds} ms, ${rateBitsPerSecond / 1e6} Mbit/s`;
      const path = { rttSeconds, rateBitsPerSecond };
      const segmentSeconds = (8 * 1514) / rateBitsPerSecond;

      it(`finds a pipeline's time as a simulation of its segments does, ${where}`, () => {
        for (const [objects, each, largest] of [
          [42, 2, 28],
          [42, 3, 3],
          [12, 1, 1],
          [100, 2, 2],
          [10, 7, 7],
          [42, 7, 7],
        ] as const) {
          const sizes = [...Array<number>(objects - 1).fill(each), largest];
          const simulated = rttSeconds + simulatedTransfer(30, { ...path, initialWindowSegments: 10, connections: 1 });
          const predicted = predict({ ...path, plan: "1.1-pipelined", ...bytesOf(30, sizes) });
          near(predicted, simulated + simulatedPipeline(sizes, { ...path, window: 40 }), 1e-9);
        }
      });

      it(`finds small objects' time over four connections as a simulation of each segment does, ${where}`, () => {
        for (const plan of ["1.0-parallel", "1.1-parallel"]) {
          for (const [objects, each, largest] of [
            [42, 2, 28],
            [42, 3, 3],
            [11, 10, 10],
            [3, 1, 1],
          ] as const) {
            const sizes = [...Array<number>(objects - 1).fill(each), largest];
            const isNew = plan === "1.0-parallel";
            const simulated = simulatedTurns(sizes, { ...path, connections: 4, isNew });
            const begun = rttSeconds + rttSeconds + segmentSeconds + (isNew ? 0 : rttSeconds);
            const predicted = predict({ ...path, plan, connections: 4, ...bytesOf(1, sizes) });
            near(predicted, begun + simulated, 1e-9);
          }
        }
      });
    }
  }
});

/**
 * The last arrival of as many connections' segments in lockstep, from the requests on: windows, one
 * FIFO bottleneck, acknowledgements.
 */
function simulatedTransfer(
  segments: number,
  path: { rttSeconds: number; rateBitsPerSecond: number; initialWindowSegments: number; connections: number },
): number {
  const segmentSeconds = (8 * 1514) / path.rateBitsPerSecond;
  const half = path.rttSeconds / 2;
  const flows = Array.from({ length: path.connections }, () => ({
    permits: Array<number>(path.initialWindowSegments).fill(half),
    sent: 0,
  }));
  let [free, last] = [0, 0];
  for (;;) {
    const ready = flows.filter(({ permits, sent }) => sent < segments && permits.length > 0);
    if (ready.length === 0) return last;
    const next = ready.reduce((one, other) =>
      (other.permits[0] as number) < (one.permits[0] as number) ? other : one,
    );
    free = Math.max(next.permits.shift() as number, free) + segmentSeconds;
    next.sent += 1;
    last = free + half;
    const acknowledged = free + path.rttSeconds;
    next.permits.push(acknowledged, acknowledged);
  }
}

/** A document and objects of so many full segments, the last object perhaps larger. */
function bytesOf(document: number, objects: readonly number[]): Inputs {
  const [each = 0, largest = 0] = [objects[0], objects.at(-1)];
  const [documentBytes, objectBytes, largestBytes] = [1448 * document, 1448 * each, 1448 * largest];
  return { documentBytes, objects: objects.length, objectBytes, largestBytes };
}

/**
 * The last arrival of answers of so many segments, from the requests on, which leave together. The
 * server's window grows by a segment with each acknowledgement, to twice what has been in flight at
 * most.
 */
function simulatedPipeline(
  answers: readonly number[],
  path: { rttSeconds: number; rateBitsPerSecond: number; window: number },
): number {
  const segmentSeconds = (8 * 1514) / path.rateBitsPerSecond;
  const total = answers.reduce((sum, segments) => sum + segments, 0);
  const half = path.rttSeconds / 2;
  let { window } = path;
  const acknowledged: number[] = [];
  let [now, free, most, last] = [half, 0, window / 2, 0];
  for (let sent = 0; sent < total; ) {
    if (acknowledged.length < window) {
      free = Math.max(now, free) + segmentSeconds;
      sent += 1;
      last = free + half;
      acknowledged.push(last + half);
      most = Math.max(most, acknowledged.length);
    } else {
      now = Math.max(now, acknowledged.shift() as number);
      if (window < 2 * most) window += 1;
    }
  }
  return last;
}

/**
 * The last arrival of answers of so many segments, from the first requests on. Each connection asks
 * for the next object when it has the one before whole, a new one after a handshake, and begins
 * each with a window of ten segments. The bottleneck takes segments in the order of their coming.
 */
function simulatedTurns(
  answers: readonly number[],
  path: { rttSeconds: number; rateBitsPerSecond: number; connections: number; isNew: boolean },
): number {
  const segmentSeconds = (8 * 1514) / path.rateBitsPerSecond;
  const half = path.rttSeconds / 2;
  const waiting = [...answers];
  const flows: { permits: number[]; left: number }[] = [];
  const ask = (atSeconds: number) => {
    const left = waiting.shift();
    const atServer = atSeconds + (path.isNew ? path.rttSeconds : 0) + half;
    if (left !== undefined) flows.push({ permits: Array<number>(10).fill(atServer), left });
  };
  for (let connection = 0; connection < path.connections; connection += 1) ask(0);
  let [free, last] = [0, 0];
  while (flows.length > 0) {
    const next = flows.reduce((one, other) =>
      (other.permits[0] as number) < (one.permits[0] as number) ? other : one,
    );
    free = Math.max(next.permits.shift() as number, free) + segmentSeconds;
    next.left -= 1;
    next.permits.push(free + path.rttSeconds, free + path.rttSeconds);
    last = Math.max(last, free + half);
    if (next.left > 0) continue;
    flows.splice(flows.indexOf(next), 1);
    ask(free + half);
  }
  return last;
}
