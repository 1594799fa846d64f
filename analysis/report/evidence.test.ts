// The words of a report on a cell in which a model is off.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Manifest, Run, Trace } from "../results.ts";
import { evidenceOf } from "./evidence.ts";
import { modelSection } from "./model-section.ts";

/** A connection of 0.1 s that lost a segment in its third sample. */
const trace: Trace = {
  connection: "server:80 to client:1",
  seconds: [0, 0.02, 0.04, 0.1],
  cwndSegments: [10, 20, 10, 11],
  ssthreshSegments: [null, null, 10, 10],
  srttMillis: [20, 20, 20, 20],
  inFlightSegments: [10, 20, 10, 11],
  retransmissions: [0, 0, 1, 1],
  phases: [
    { name: "slow start", fromSeconds: 0, toSeconds: 0.04 },
    { name: "recovery", fromSeconds: 0.04, toSeconds: 0.06 },
    { name: "congestion avoidance", fromSeconds: 0.06, toSeconds: 0.1 },
  ],
};
const run = (index: number, traces?: Trace[]): Run => ({
  index,
  cell: "",
  block: 0,
  startedAt: "",
  voidReason: null,
  saturated: "none",
  values: {},
  ...(traces === undefined ? {} : { traces }),
});
const of = (model: string) => ({
  prediction: { cell: "", model, quantity: "", value: 1, brokenAssumptions: [] },
});

describe("the evidence of a cell in which a model is off", () => {
  it("is what its trace shows and the model leaves out, with the figures and the run", () => {
    const evidence = evidenceOf(of("page"), { runs: [run(3), run(4, [trace])], saturated: {} });
    assert.equal(
      evidence,
      "in the trace of run 4, and not in the model: 1 recovery, 20.0 % of the time, 1 segment sent again.",
    );
  });

  it("is what the model counts on and its trace has not, where losses are what the model knows", () => {
    const evidence = evidenceOf(of("pftk"), { runs: [run(4, [trace])], saturated: {} });
    assert.equal(evidence, "in the model, and not in the trace of run 4: time-outs.");
  });

  it("is said to be missing, with what was looked for, where a trace shows nothing of it", () => {
    const calm = { ...trace, retransmissions: [0, 0, 0, 0], ssthreshSegments: [null, null, null, null] };
    const phases = [{ name: "slow start", fromSeconds: 0, toSeconds: 0.1 }];
    const evidence = evidenceOf(of("page"), { runs: [run(4, [{ ...calm, phases }])], saturated: {} });
    assert.match(
      evidence ?? "",
      /^the trace of run 4 shows none of what the model leaves out \(time-outs, recoveries, /,
    );
  });

  it("names as left out only what the model leaves out, not what it counts on and the trace has", () => {
    const phases = [{ name: "time-out", fromSeconds: 0, toSeconds: 0.1 }];
    const evidence = evidenceOf(of("pftk"), { runs: [run(4, [{ ...trace, phases }])], saturated: {} });
    assert.equal(
      evidence,
      "the trace of run 4 shows none of what the model leaves out (longer round trips, idle restarts).",
    );
  });

  it("is a saturated machine or generator, of any model, and nothing where there is no trace", () => {
    const runs = [run(0), run(1)];
    const evidence = evidenceOf(of("slots"), { runs, saturated: { machine: 2, server: 2 } });
    assert.equal(evidence, "the machine was saturated in 2 of 2 runs, of which the model knows nothing.");
    assert.equal(evidenceOf(of("slots"), { runs: [run(4, [trace])], saturated: {} }), null);
    assert.equal(evidenceOf(of("page"), { runs, saturated: { none: 2 } }), null);
  });
});

it("a report has the evidence of each cell that is off beyond chance, and how many have none", () => {
  const made = syntheticStudy({ rtts: [10, 200], rates: [10e6], repetitions: 6, requests: 0 });
  const [first, second] = made.manifest.predictions as [Manifest["predictions"][0], Manifest["predictions"][0]];
  const predictions = made.manifest.predictions.map((one) =>
    one === first || one === second ? { ...one, value: 2 * one.value, brokenAssumptions: [] } : one,
  );
  const runs = made.runs.map(({ traces: _, ...one }) => ({
    ...one,
    ...(one.cell === first.cell ? { traces: [trace] } : {}),
  }));
  const items = modelSection(analyse({ ...made.manifest, predictions }, runs)).flatMap((block) =>
    block.kind === "list" ? block.items : [],
  );
  const own = items.filter((item) => item.includes("and not in the model"));
  assert.equal(own.length, 1, items.join("\n"));
  assert.match(
    own[0] ?? "",
    /in the traces of runs \d+(, \d+)+, and not in the model: \d+ recoveries, 20\.0 % of the time/,
  );
  assert.ok(
    items.some((item) => item.startsWith("For 1 of the cells in its domain no trace shows")),
    items.join("\n"),
  );
});
