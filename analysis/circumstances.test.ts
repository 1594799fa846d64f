// Two studies of one name that asked for different things are never the same; what they found
// otherwise, such as another kernel, decides nothing.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { analyse } from "./analyse.ts";
import { compareStudies } from "./compare.ts";
import type { Manifest } from "./results.ts";

const SIZE = { rtts: [30, 200], rates: [10e6], objectBytes: [10_240], repetitions: 8, requests: 40 };
const { manifest, runs } = syntheticStudy(SIZE);

describe("comparing two studies of one name that asked for different things", () => {
  const SET = { "link.wan.rate": "50mbit", "measure.load.http": "1.0" };
  const withSettings = (settings: Record<string, string>, more: Partial<Manifest> = {}): Manifest => ({
    ...manifest,
    isSmoke: false,
    cells: manifest.cells.map((cell) => ({ ...cell, settings })),
    ...more,
  });
  const compared = (one: Manifest, other: Manifest) => {
    const options = { margin: 0.05, quantities: ["pageTime"] };
    const { verdict, differences, cells } = compareStudies(analyse(one, runs), analyse(other, runs), options);
    assert.ok(cells.every((cell) => cell.verdict === "same"));
    return { verdict, ...differences };
  };
  const topology = (rate: string, server: string): Manifest["environment"] => ({
    ...manifest.environment,
    offloads: {},
    topology: {
      networks: ["near", "far"],
      hosts: [{ name: "server", role: "server", on: "far", settings: server }],
      links: [{ name: "wan", between: ["near", "far"], settings: rate }],
    },
  });

  it("finds the same in studies that asked for the same, whatever their files say beside it", () => {
    const { verdict, asked } = compared(withSettings(SET, { source: "a" }), withSettings(SET, { source: "b" }));
    assert.deepEqual([verdict, asked], ["same", []]);
  });

  it("is not sure where settings of cells differ, and names each once", () => {
    const other = { "link.wan.rate": "5mbit", "measure.load.http": "1.1" };
    const { verdict, asked } = compared(withSettings(SET), withSettings(other));
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(asked, [
      { name: "link.wan.rate in 8 cells", before: "50mbit", after: "5mbit" },
      { name: "measure.load.http in 8 cells", before: "1.0", after: "1.1" },
    ]);
  });

  it("is not sure where links, hosts, files or the smoke differ", () => {
    const one = withSettings(SET, { environment: topology("rate 50mbit", ""), files: { "a.csv": "0s,1mbit" } });
    const other = withSettings(SET, {
      environment: topology("rate 5mbit", "cpus=0.5"),
      files: { "a.csv": "0s,2mbit" },
      isSmoke: true,
    });
    const { verdict, asked } = compared(one, other);
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["measured", "wan", "settings of server", "a.csv"],
    );
  });

  it("is not sure where what happens to links in a run differs, and names each event", () => {
    const cut = "at 10 s wan: rate 5mbit";
    const outage = "at 20 s wan: down for 2 s";
    const [quiet, one, two] = [[], [cut], [cut, outage]].map((events) => withSettings(SET, { events })) as [
      Manifest,
      Manifest,
      Manifest,
    ];
    for (const [before, after, asked] of [
      [withSettings(SET), one, [{ name: cut, before: "in no run", after: "in every run" }]],
      [two, one, [{ name: outage, before: "in every run", after: "in no run" }]],
      [withSettings(SET), quiet, []],
      [two, two, []],
    ] as const) {
      const found = compared(before, after);
      assert.deepEqual([found.verdict, found.asked], [asked.length === 0 ? "same" : "inconclusive", asked]);
    }
  });

  it("is not sure of early results, which kept no settings, where the texts of their files differ", () => {
    const { verdict, asked, unknown } = compared({ ...manifest, source: "a" }, { ...manifest, source: "b" });
    assert.equal(verdict, "inconclusive");
    assert.deepEqual(
      asked.map(({ name }) => name),
      ["the study's file"],
    );
    assert.deepEqual(unknown, ["settings of hosts", "offloads"]);
    assert.equal(compared({ ...manifest, source: "a" }, { ...manifest, source: "a" }).verdict, "same");
  });

  it("names what was found otherwise, such as another kernel, which keeps no study from reproducing", () => {
    const facts = { ...manifest.environment.facts, kernel: "linux 7.0" };
    const { verdict, found } = compared(manifest, { ...manifest, environment: { ...manifest.environment, facts } });
    assert.equal(verdict, "same");
    assert.deepEqual(
      found.map(({ name, after }) => [name, after]),
      [["kernel", "linux 7.0"]],
    );
  });
});
