// A run's costs by its requests and transfers.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { perRequest } from "./per-request.ts";

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
});
