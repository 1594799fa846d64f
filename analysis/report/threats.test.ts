import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Run } from "../results.ts";
import { threatsFound } from "./threats.ts";

const { manifest, runs } = syntheticStudy({ rtts: [10, 200], rates: [10e6, 50e6], repetitions: 6, requests: 0 });
const whole = runs.map((run): Run => ({ ...run, voidReason: null }));
/** The serial plan of HTTP/1.0 has narrow intervals after three blocks. */
const endedSooner = whole.filter(({ cell, block }) => !cell.startsWith("1.0-serial") || block < 3);
const until = { quantity: "pageTime", withinRatio: 0.05 };
const stopping = { atLeast: 3, atMost: 6, until };

const threats = (some: readonly Run[], of = manifest) => threatsFound(analyse(of, some)).join("\n");

/** By 2 % a block. */
const warming = (some: readonly Run[]) =>
  some.map((run): Run => {
    const { pageTime } = run.values;
    return { ...run, values: { ...run.values, pageTime: (pageTime as number) * (1 + 0.02 * run.block) } };
  });

describe("the threats that data show", () => {
  it("are a drift that blocks spread over the cells, where all cells have all blocks", () => {
    assert.match(threats(warming(whole)), /Drift: .* from the earlier half\. Blocks spread it evenly over the cells\./);
    assert.doesNotMatch(threats(whole), /[Dd]rift/);
  });

  it("are a drift within the ratios of cells that ended sooner than others, with how much of them it may be", () => {
    // The first three blocks lie one and a half before all six: 3 % of drift.
    assert.match(
      threats(warming(endedSooner), { ...manifest, stopping }),
      /Drift: .* Some cells lie 1\.5 blocks before others .*: up to [23]\.\d % of their ratios may be drift\./,
    );
    assert.doesNotMatch(threats(warming(endedSooner)), /evenly/);
    assert.match(
      threats(endedSooner, { ...manifest, stopping }),
      /Some cells lie 1\.5 blocks before others .*: a drift too small to be found would be in their ratios\./,
    );
  });

  it("are cells of which a fifth of the runs is void, though few of the study's are, and one by chance is none", () => {
    const [first, second] = manifest.cells.map(({ id }) => id);
    const spoilt = whole.map((run): Run => {
      const isVoid = (run.cell === first && run.block < 2) || (run.cell === second && run.block < 1);
      return { ...run, voidReason: isVoid ? "1 of 20 requests failed: 1 timeout" : null };
    });
    assert.match(
      threats(spoilt),
      /Of 1 cell a fifth of the runs or more is void \(1\.0-serial, 10 ms, [^:]*: 2 of 6\): what made them void may bend those that count\./,
    );
    assert.doesNotMatch(threats(whole), /void/);
  });

  it("are a generator that was saturated beside a server that was busier", () => {
    const [first] = manifest.cells;
    const busy = whole.map((run): Run => {
      return run.cell === first?.id ? { ...run, saturated: "server", alsoSaturated: ["generator"] } : run;
    });
    assert.match(threats(busy), /The generator was saturated in runs of 1 cell: these measure the generator\./);
    assert.doesNotMatch(threats(whole), /generator was saturated/);
  });

  it("are intervals that ended the measuring, and those of ratios and effects with them", () => {
    const found = (atLeast: number) => threats(whole, { ...manifest, stopping: { ...stopping, atLeast } });
    assert.match(found(3), /from 3 runs on: .* ratios and effects, hold in 89 of a hundred/);
    assert.match(found(5), /from 5 runs on: .* ratios and effects, hold in 92 of a hundred/);
    assert.doesNotMatch(found(8) + threats(whole), /Cells ended when/);
  });

  it("are worse the more often a study may look, and none where it cannot end before its last run", () => {
    const found = (atLeast: number, atMost: number) =>
      /hold in (\d+) of a hundred/.exec(threats(whole, { ...manifest, stopping: { atLeast, atMost, until } }))?.[1];
    assert.deepEqual([found(3, 12), found(3, 20), found(5, 20), found(8, 20)], ["89", "87", "90", "92"]);
    assert.deepEqual([found(8, 12), found(30, 100), found(3, 3)], [undefined, undefined, undefined]);
  });
});
