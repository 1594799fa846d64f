// Simultaneous requests of a link's agent, on a backend without qdiscs.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startAgent } from "./agent.ts";
import { BARE } from "./apply-settings.ts";
import { type Backend, devicesOf } from "./backend.ts";
import type { Config } from "./config.ts";

const CONFIG: Config = {
  scenario: "tried",
  name: "wan",
  mgmtAddress: "127.0.0.1",
  backend: "kernel",
  legs: [
    { network: "a", address: "127.0.0.2", prefixLength: 8 },
    { network: "b", address: "127.0.0.3", prefixLength: 8 },
  ],
  routes: [],
  settings: BARE,
};

/** No qdisc is built; `reading` delays what is read of the devices. */
function backendOf(reading: Promise<void>): Backend {
  return {
    name: "kernel",
    devices: devicesOf("none0", "none1"),
    interfaces: ["none0", "none1"],
    run: async () => {
      await reading;
      return "";
    },
    script: async () => "",
    tc: async (commands) => commands.map(() => "[]"),
    clockMillis: async () => 0,
    missed: async () => ({ forward: 0, backward: 0 }),
    holdsFrames: 1000,
    uncountedBytes: 0,
    ended: new Promise(() => {}),
  };
}

/** An agent that somebody looks at until `end`, and a client that comes after. */
async function stage() {
  const { promise: reading, resolve: end } = Promise.withResolvers<void>();
  const { handlers } = await startAgent(backendOf(reading), CONFIG);
  const before = handlers.inspect({}, () => {}, new AbortController().signal);
  const [gone, events] = [new AbortController(), [] as string[]];
  const emit = (event: string) => void events.push(event);
  const seed = async () => (await handlers.status({}, () => {}, gone.signal)).settings.seed;
  return { handlers, before, end, gone, events, emit, seed };
}

describe("what is asked of a link's agent while another has the turn", () => {
  it("is a change that is said to wait at once, and is made when its turn has come", async () => {
    const { handlers, before, end, gone, events, emit, seed } = await stage();
    const set = handlers.set({ change: { seed: 7 } }, emit, gone.signal);
    assert.deepEqual([events, await seed()], [["waiting"], null]);
    end();
    await Promise.all([before, set]);
    assert.equal(await seed(), 7);
  });

  it("is a change that leaves the settings alone once its client has gone", async () => {
    const { handlers, before, end, gone, emit, seed } = await stage();
    const set = Promise.resolve(handlers.set({ change: { seed: 7 } }, emit, gone.signal));
    const outcome = set.then(
      () => "made",
      ({ code }) => code,
    );
    gone.abort();
    end();
    await before;
    assert.deepEqual([await outcome, await seed()], ["E_CANCELLED", null]);
  });

  it("is a calibration that is said to wait at once, and a client that goes has no turn", async () => {
    const { handlers, before, end, gone, events, emit, seed } = await stage();
    const calibrating = handlers.calibrating({}, emit, gone.signal);
    assert.deepEqual(events, ["waiting"]);
    gone.abort();
    assert.deepEqual(await calibrating, {});
    end();
    await before;
    assert.deepEqual([events, await seed()], [["waiting"], null]);
  });
});
