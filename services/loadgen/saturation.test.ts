// The search for saturation of a server whose capacity is known.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findSaturation } from "../../lib/contract/load/saturation.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import { OK, serve } from "./lab/raw-server.ts";
import { runLoad } from "./run.ts";

describe("the search for saturation", () => {
  it("finds the capacity of a server that takes 5 ms for each request, one after another", async (context) => {
    const serviceMillis = 5;
    let freeAtMillis = 0;
    // When it will be free follows from the service times alone, so a late timer costs no capacity.
    const { target } = await serve(context, (socket, request) => {
      for (const _ of request.matchAll(/\r\n\r\n/g)) {
        freeAtMillis = Math.max(freeAtMillis, performance.now()) + serviceMillis;
        setTimeout(() => OK(socket, ""), freeAtMillis - performance.now());
      }
    });
    const found = await findSaturation(
      { target, seconds: 0.6 },
      (request) => runLoad(parseSettings(request), null, emptyCounters(), () => {}, new AbortController().signal),
      () => {},
    );
    const capacity = 1000 / serviceMillis;
    context.diagnostic(found.steps.map(({ rate, reason }) => `${rate}: ${reason ?? "held"}`).join(", "));
    // It may miss a twentieth and one request of what is offered, and what it holds is within a
    // tenth of what it does not. A busy machine makes the server slower, never faster.
    assert.ok((found.heldPerSecond ?? 0) <= 1.08 * capacity, `${found.heldPerSecond}`);
    assert.ok((found.heldPerSecond ?? 0) >= 0.6 * capacity, `${found.heldPerSecond}`);
    assert.ok((found.tooHighPerSecond ?? Number.POSITIVE_INFINITY) <= 1.2 * capacity, `${found.tooHighPerSecond}`);
  });
});
