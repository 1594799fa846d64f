// Where the page model does not apply, and says so.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { completeInputs, type Inputs } from "./model.ts";
import { page } from "./page.ts";

const broken = (inputs: Inputs) => page.brokenAssumptions(completeInputs(page, inputs)).join("; ");
const path = { rttSeconds: 0.1, rateBitsPerSecond: 50e6 };

describe("the page model", () => {
  it("does not apply to a pipeline whose requests do not fit the client's window", () => {
    const small = { ...path, plan: "1.1-pipelined", documentBytes: 1, objectBytes: 1 };
    assert.equal(broken({ ...small, objects: 100 }), "");
    assert.match(broken({ ...small, objects: 101 }), /lets 100 requests go at once/);
  });

  it("does not apply where slow start overshoots the queue", () => {
    const large = { documentBytes: 10e6, queueSegments: 100 };
    assert.match(broken({ ...path, plan: "1.0-serial", objects: 0, objectBytes: 1, ...large }), /overshoots/);
    assert.equal(broken({ ...path, plan: "1.0-serial", objects: 4, objectBytes: 1e4, documentBytes: 1e4 }), "");
  });

  it("does not apply where the first window, which comes as one burst, is more than the queue holds", () => {
    const whole = {
      plan: "1.0-serial",
      documentBytes: 2 ** 20,
      objects: 0,
      objectBytes: 1,
      initialWindowSegments: 734,
    };
    assert.match(broken({ ...path, ...whole, queueSegments: 413 }), /overshoots the path by 724 segments/);
    assert.match(
      broken({ ...path, ...whole, queueSegments: 41.28137384412153 }),
      /724 segments and the queue holds 41:/,
    );
    assert.equal(broken({ ...path, ...whole, queueSegments: 724 }), "");
  });

  it("does not apply where a window that has grown lets a later answer go as a burst that the queue does not hold", () => {
    const small = { ...path, documentBytes: 2000, objects: 12, objectBytes: 30_000 };
    const serial = { ...small, plan: "1.1-serial" };
    assert.match(broken({ ...serial, queueSegments: 12 }), /overshoots the path by 20 segments/);
    assert.equal(broken({ ...serial, queueSegments: 20 }), "");
    const four = { ...small, plan: "1.1-parallel", connections: 4 };
    assert.match(broken({ ...four, queueSegments: 60 }), /overshoots the path by 83 segments/);
    assert.equal(broken({ ...four, queueSegments: 83 }), "");
    assert.equal(broken({ ...four, objects: 4, queueSegments: 60 }), "", "each connection's first is in windows of 10");
    assert.equal(broken({ ...four, plan: "1.0-parallel", queueSegments: 60 }), "", "and so is every object of its own");
  });

  it("does not apply where the window that a large document leaves lets a pipeline's answers go as such a burst", () => {
    // 30 segments leave a window of 40.
    const piped = { ...path, plan: "1.1-pipelined", documentBytes: 30 * 1448, objects: 42, objectBytes: 1448 };
    assert.match(broken({ ...piped, queueSegments: 38 }), /overshoots the path by 39 segments/);
    assert.equal(broken({ ...piped, queueSegments: 39 }), "");
  });

  it("counts of a burst what each connection sends, and no window that an answer leaves empty", () => {
    // One segment in each of three windows of 10, and 10 of the largest object's 28.
    const last = { ...path, plan: "1.0-parallel", connections: 4, documentBytes: 1448, objects: 4, objectBytes: 1448 };
    assert.equal(broken({ ...last, largestBytes: 28 * 1448, queueSegments: 12 }), "");
    assert.match(broken({ ...last, largestBytes: 28 * 1448, queueSegments: 11 }), /overshoots the path by 12 segments/);
  });
});
