// A run's costs by its requests and transfers.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAllCounted, perRequest } from "./per-request.ts";

const ALONE = { isAll: false, alsoAtServer: [] };

describe("the server's time for a request", () => {
  it("is by the requests of all that it served", () => {
    const used = { serverCpuSeconds: 3 };
    // A ninth of them in the warm-up.
    const own = { requests: 900, allRequests: 1000 };
    assert.deepEqual(perRequest(used, own, ALONE), { serverCpuSecondsPerRequest: 0.003 });
    const outcomes = { ...own, secondRequests: 450, secondAllRequests: 500 };
    assert.deepEqual(perRequest(used, outcomes, { isAll: false, alsoAtServer: ["second"] }), {
      serverCpuSecondsPerRequest: 0.002,
    });
    assert.deepEqual(perRequest(used, outcomes, ALONE), { serverCpuSecondsPerRequest: 0.003 });
  });

  it("is not known where the server did something else too, or answered nothing", () => {
    assert.deepEqual(
      perRequest({ serverCpuSeconds: 3 }, { allRequests: 1000 }, { isAll: false, alsoAtServer: ["bulk"] }),
      {},
    );
    assert.deepEqual(perRequest({ serverCpuSeconds: 3 }, {}, ALONE), {});
  });
});

describe("the packets of a transfer", () => {
  it("are known where nothing else crossed the links; a page is one transfer", () => {
    const packets = { forwardedPackets: 100, droppedPackets: 10 };
    const outcomes = { requests: 20, allRequests: 20, pages: 2 };
    assert.deepEqual(perRequest(packets, outcomes, { isAll: true, alsoAtServer: [] }), {
      serverCpuSecondsPerRequest: 0,
      forwardedPacketsPerTransfer: 50,
      droppedPacketsPerTransfer: 5,
    });
    assert.equal("forwardedPacketsPerTransfer" in perRequest(packets, outcomes, ALONE), false);
  });

  it("are known where none is of a warm-up, a cool-down, a cut-off transfer or a measurement beside", () => {
    const own = { "measure.kind": "load", "measure.load.seconds": "2", "measure.saturation.cooldown": "2s" };
    assert.equal(isAllCounted(own), true);
    assert.equal(isAllCounted({ ...own, "measure.load.warmup": "0s", "measure.load.ending": "wait" }), true);
    const others = { warmup: "500ms", cooldown: "2s", ending: "cut" };
    for (const [word, text] of Object.entries(others))
      assert.equal(isAllCounted({ ...own, [`measure.load.${word}`]: text }), false, word);
    assert.equal(isAllCounted({ ...own, "beside.second.kind": "load" }), false);
    // Of a beside without a kind there is none in this cell.
    assert.equal(isAllCounted({ ...own, "beside.second.host": "load-b" }), true);
  });
});
