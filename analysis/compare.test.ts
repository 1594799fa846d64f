// Two studies with planted differences are found different, and two that asked for different things
// are never the same.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { type Analysis, analyse } from "./analyse.ts";
import { type Comparison, compareStudies } from "./compare.ts";
import type { Manifest, Run } from "./results.ts";
import { subjectsOf } from "./subjects.ts";

const SIZE = { rtts: [30, 200], rates: [10e6], objectBytes: [10_240], repetitions: 8, requests: 40 };
const { manifest, runs } = syntheticStudy(SIZE);
const analysis = analyse(manifest, runs);

describe("comparing two studies", () => {
  const verdictOf = (again: readonly Run[], margin = 0.05): Comparison =>
    compareStudies(analysis, analyse(manifest, again), { margin, quantities: ["pageTime", "connect"] });

  it("finds a study the same as itself, and as its repetition with another seed", () => {
    assert.equal(verdictOf(runs).verdict, "same");
    assert.equal(verdictOf(syntheticStudy({ ...SIZE, seed: 8 }).runs).verdict, "same");
  });

  it("counts the cells of each quantity by what they are", () => {
    const { quantities } = verdictOf(runs);
    const { length } = manifest.cells;
    assert.deepEqual(quantities, [
      { quantity: "pageTime", same: length, different: 0, inconclusive: 0 },
      { quantity: "connect", same: length, different: 0, inconclusive: 0 },
    ]);
  });

  it("refuses two different studies, and names both", () => {
    const another = analyse({ ...manifest, name: "loss" }, runs);
    assert.throws(() => compareStudies(analysis, another, { margin: 0.05, quantities: [] }), {
      code: "E_BAD_RESULTS",
      message: /first results are of "synthetic", the second of "loss"/,
    });
  });

  it("finds a round trip that is 10 % longer", () => {
    const longer = syntheticStudy({ ...SIZE, rtts: [11, 220], seed: 8 }).runs.map(
      (run, index): Run => ({ ...run, cell: runCell(run.cell), index }),
    );
    const { verdict, cells } = verdictOf(longer);
    assert.equal(verdict, "different");
    // At 10 ms the time of some plans is mostly the link's rate, which did not change.
    const changed = cells.filter(({ quantity, cell }) => quantity === "connect" || cell.levels.rtt === 200);
    assert.deepEqual([...new Set(changed.map((cell) => cell.verdict))], ["different"]);
  });

  it("cannot tell with two runs a cell, and does not call that the same", () => {
    const { verdict } = verdictOf(
      runs.filter(({ block }) => block < 2),
      0.01,
    );
    assert.equal(verdict, "inconclusive");
  });

  /** Of two runs of one value that is drawn around a mean, or of a constant. */
  const verdictsOf = (one: (index: number) => number | null, other: (index: number) => number | null) => {
    const measuring = (value: (index: number) => number | null) =>
      runs.map((run): Run => ({ ...run, voidReason: null, values: { pageTime: value(run.block) } }));
    const [first, second] = [analyse(manifest, measuring(one)), analyse(manifest, measuring(other))];
    const { cells } = compareStudies(first, second, { margin: 0.05, quantities: ["pageTime"] });
    return [...new Set(cells.map(({ verdict }) => verdict))];
  };

  it("finds constants the same where they are equal, also where both are 0, and different where they differ", () => {
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 0,
      ),
      ["same"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => 3,
      ),
      ["same"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 3,
      ),
      ["different"],
    );
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => 0,
      ),
      ["different"],
    );
  });

  it("calls different what lies beyond the margin, not what merely is not equal", () => {
    const around = (mean: number) => (block: number) => mean * (1 + 0.03 * Math.sin(7 * block));
    assert.deepEqual(verdictsOf(around(1), around(1.04)), ["inconclusive"]);
    assert.deepEqual(verdictsOf(around(1), around(1.3)), ["different"]);
  });

  it("cannot tell of a quantity that only one of them has", () => {
    assert.deepEqual(
      verdictsOf(
        () => 3,
        () => null,
      ),
      ["inconclusive"],
    );
  });

  it("names the cells that only one of them has", () => {
    const [first] = manifest.cells;
    const { unmatched, verdict } = verdictOf(runs.filter(({ cell }) => cell !== first?.id));
    assert.deepEqual(unmatched, [first?.id]);
    assert.equal(verdict, "inconclusive", "one that measured less did not reproduce");
  });
});

function runCell(id: string): string {
  return id.replace(" 11 ", " 10 ").replace(" 220 ", " 200 ");
}

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

describe("comparing rare counts", () => {
  const counting: Manifest = { ...manifest, quantities: [{ name: "timeouts", label: "time-outs", unit: "1" }] };
  const verdictsOf = (one: (block: number) => number, other: (block: number) => number) => {
    const [first, second] = [one, other].map((count) =>
      analyse(
        counting,
        runs.map((run): Run => ({ ...run, voidReason: null, values: { timeouts: count(run.block) } })),
      ),
    ) as [Analysis, Analysis];
    const { cells } = compareStudies(first, second, { margin: 0.3, quantities: ["timeouts"] });
    return [...new Set(cells.map(({ verdict }) => verdict))];
  };
  const few = (block: number) => (block === 3 ? 1 : 0);
  const many = (block: number) => 45 + block;

  it("finds no events and many different, whichever was first", () => {
    assert.deepEqual(
      verdictsOf(() => 0, many),
      ["different"],
    );
    assert.deepEqual(
      verdictsOf(many, () => 0),
      ["different"],
    );
  });

  it("cannot tell the ratio of none and few events, also where both have as many", () => {
    assert.deepEqual(
      verdictsOf(() => 0, few),
      ["inconclusive"],
    );
    assert.deepEqual(verdictsOf(few, few), ["inconclusive"]);
    assert.deepEqual(
      verdictsOf(
        () => 0,
        () => 0,
      ),
      ["inconclusive"],
    );
  });

  it("finds counts the same that are constants, such as the connections of a page", () => {
    assert.deepEqual(
      verdictsOf(
        () => 6,
        () => 6,
      ),
      ["same"],
    );
  });

  it("shows an effect from no events to many", () => {
    const [plan, other] = counting.factors[0]?.levels ?? [];
    const effects = [{ quantity: "timeouts", factor: "plan", level: plan ?? "", against: other ?? "" }];
    const counted = runs.map((run): Run => {
      const isFirst = counting.cells.find(({ id }) => id === run.cell)?.levels.plan === plan;
      return { ...run, voidReason: null, values: { timeouts: isFirst ? 0 : many(run.block) } };
    });
    const shown = analyse({ ...counting, effects }, counted).effects;
    assert.ok(shown.length > 0 && shown.every(({ isShown, ratio }) => isShown && (ratio.upper ?? 1) < 0.05));
  });
});

describe("the subjects of a comparison", () => {
  it("are what the study goes on for, predicts and compares, else what it draws, else all", () => {
    const { predictions, plots } = manifest;
    const until = { quantity: "server", withinRatio: 0.05 };
    const bare = { ...manifest, predictions: [], effects: [] };
    assert.deepEqual(subjectsOf({ ...bare, predictions, stopping: { atLeast: 3, atMost: 9, until } }), {
      subjects: ["server", "pageTime"],
      others: ["connect", "transfer", "request", "goodput"],
    });
    const [first] = plots;
    assert.deepEqual(subjectsOf({ ...bare, plots: first === undefined ? [] : [first] }).subjects, ["pageTime"]);
    assert.equal(subjectsOf({ ...bare, plots: [] }).subjects.length, manifest.quantities.length);
  });
});
