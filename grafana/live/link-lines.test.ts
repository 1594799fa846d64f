// The lines of the live page's picture.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { interpolate } from "./interpolate.js";
import { LINK_QUERIES, linkLines } from "./link-lines.js";

const series = (refId: string, direction: string, value: number) => ({
  refId,
  name: "",
  labels: { link: "wan-a", direction },
  times: [1, 2],
  values: [0, value],
});

describe("a line of the picture", () => {
  it("has what a direction carries, its queue, and what it loses when it does", () => {
    const [forward, backward] = linkLines([
      series("sent", "forward", 9.5e6),
      series("sent", "backward", 1e6),
      series("rate", "forward", 10e6),
      series("queue", "forward", 42),
      series("gone", "forward", 3),
      series("queue", "backward", 0),
      series("gone", "backward", 0),
    ]);
    assert.equal(forward?.text, "→ 9.5 Mbit/s queue 42 lost 3 p/s");
    assert.equal(backward?.text, "← 1 Mbit/s queue 0");
  });

  it("is full above nine tenths of its rate, and never without one", () => {
    const loadOf = (sent: number, rate?: number) =>
      linkLines([series("sent", "forward", sent), ...(rate === undefined ? [] : [series("rate", "forward", rate)])])[0]
        ?.load;
    assert.deepEqual(
      [loadOf(9.1e6, 10e6), loadOf(9e6, 10e6), loadOf(1e9), loadOf(100, 10e6)],
      ["full", "some", "some", "idle"],
    );
  });

  it("is asked of the chosen scenario alone, in every metric", () => {
    const time = { stepSeconds: 1, rangeSeconds: 300 };
    for (const query of Object.values(LINK_QUERIES)) {
      const asked = interpolate(query, { scenario: ["wan-100ms"] }, time);
      const metrics = asked.match(/rttlab_link_\w+/g) ?? [];
      assert.ok(metrics.length > 0, asked);
      assert.equal(asked.split('{scenario="wan-100ms"}').length - 1, metrics.length, asked);
    }
  });

  it("is there for each link that has a series, and for none without", () => assert.deepEqual(linkLines([]), []));
});
