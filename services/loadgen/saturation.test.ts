// The search for saturation of a server whose capacity is known, in virtual time.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findSaturation } from "../../lib/contract/load/saturation.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { startVirtualServer } from "./lab/virtual-server.ts";

describe("the search for saturation", () => {
  it("finds the capacity of a server that takes 5 ms for each request, one after another", async (context) => {
    const serviceMillis = 5;
    const server = startVirtualServer(() => serviceMillis);
    const found = await findSaturation(
      { target: "a:1", seconds: 0.6 },
      (request) => server.load(parseSettings(request)),
      () => {},
    );
    const capacity = 1000 / serviceMillis;
    context.diagnostic(found.steps.map(({ rate, reason }) => `${rate}: ${reason ?? "held"}`).join(", "));
    // It may miss a twentieth and one request of what is offered, and what it holds is within a
    // tenth of what it does not.
    assert.ok((found.heldPerSecond ?? 0) <= 1.08 * capacity, `${found.heldPerSecond}`);
    assert.ok((found.heldPerSecond ?? 0) >= 0.6 * capacity, `${found.heldPerSecond}`);
    assert.ok((found.tooHighPerSecond ?? Number.POSITIVE_INFINITY) <= 1.2 * capacity, `${found.tooHighPerSecond}`);
  });
});
