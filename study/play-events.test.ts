// The events of a run, beside a measurement that is only a promise here.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UNIMPAIRED } from "../lib/link/direction.ts";
import type { TopologyEvent } from "../topology/model/topology.ts";
import type { Bed } from "./bed.ts";
import { settingsAfter, whileEventsPlay } from "./play-events.ts";

const at = (atMillis: number, link: string, rateBitsPerSecond: number): TopologyEvent => ({
  atMillis,
  link,
  change: { forward: { rateBitsPerSecond } },
});
const EVENTS = [at(10, "near", 1e6), at(20, "far", 2e6), at(30, "near", 3e6)];
const NEVER = new AbortController().signal;

/** Plays as links do, and notes what happens in which order. */
function player(happened: string[]): Pick<Bed, "playLink"> {
  return {
    async playLink(link, steps, { onBegin, signal }) {
      happened.push(`${link} plays ${steps.length}`);
      onBegin();
      if (signal.aborted) happened.push(`${link} is ended`);
      signal.addEventListener("abort", () => happened.push(`${link} is ended`));
      return steps.map(({ atMillis }) => ({ atMillis, beganMillis: atMillis + 1, endedMillis: atMillis + 5 }));
    },
  };
}

describe("events while a run is measured", () => {
  it("are played by each link before the measurement begins, and say when each happened", async () => {
    const happened: string[] = [];
    const measure = async () => happened.push("measured");
    const { played } = await whileEventsPlay(player(happened), EVENTS, measure, NEVER);
    assert.deepEqual(happened, ["near plays 2", "far plays 1", "measured"]);
    assert.deepEqual(played[1], { link: "near", atMillis: 30, beganMillis: 31, endedMillis: 35 });
    assert.deepEqual(
      played.map(({ link }) => link),
      ["near", "near", "far"],
    );
  });

  it("end with a measurement that fails", async () => {
    const happened: string[] = [];
    const measure = () => Promise.reject(new Error("nobody answers"));
    await assert.rejects(whileEventsPlay(player(happened), EVENTS, measure, NEVER), /nobody answers/);
    assert.deepEqual(happened.slice(2), ["near is ended", "far is ended"]);
  });

  it("fail the run before it is measured when a link cannot play them", async () => {
    const refusing = { playLink: () => Promise.reject(new Error("no such step")) };
    const measure = () => assert.fail("it was measured");
    await assert.rejects(whileEventsPlay(refusing, EVENTS, measure, NEVER), /no such step/);
  });

  it("leave each link with all of its changes, and others as they were", () => {
    const settings = { forward: UNIMPAIRED, backward: UNIMPAIRED, seed: 1 };
    assert.equal(settingsAfter(EVENTS, "near", settings)?.forward.rateBitsPerSecond, 3e6);
    assert.equal(settingsAfter(EVENTS, "other", settings), null);
  });
});
