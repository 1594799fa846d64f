import assert from "node:assert/strict";
import { it } from "node:test";
import { testConfig } from "../cases/loopback-server.ts";
import { withShareOfLoop } from "./event-multi.ts";

it("each loop has an equal share of the connections, of the idle capacity and of the cache's bytes", () => {
  const cache = { bytes: 1_000_003, fileBytes: 200_000, revalidateMillis: 1_000 };
  const whole = testConfig("", { connections: 1_000, cache });
  const share = withShareOfLoop(whole, 4);
  assert.deepEqual([share.connections, share.timeouts.idle.capacity], [250, whole.timeouts.idle.capacity / 4]);
  assert.deepEqual(share.site.cache, { ...cache, bytes: 250_000 });
});
