import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import type { PlotRequest } from "../results.ts";
import { plotProblems } from "./cells.ts";

const { manifest } = syntheticStudy({ rtts: [10, 200], rates: [10e6, 50e6], repetitions: 1, requests: 0 });
const [PHASES, CDF] = (["phases", "cdf"] as const).map((kind) => manifest.plots.find((plot) => plot.kind === kind)) as [
  PlotRequest,
  PlotRequest,
];

const BY_RTT: PlotRequest = {
  kind: "factor",
  title: "By RTT",
  quantities: ["pageTime"],
  x: "rtt",
  series: "plan",
  where: { rate: 50e6, object: 10_240 },
};

const problemsOf = (request: PlotRequest) => plotProblems({ ...manifest, plots: [request] });
const words = (request: PlotRequest) => problemsOf(request).map(({ path, message }) => `${path}: ${message}`);

describe("a request for a plot", () => {
  const problems = (request: Partial<PlotRequest>) => words({ ...BY_RTT, ...request });

  it("is refused before the first run where it names what is not there", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ quantities: ["speed"], x: "colour" }), [
      'plots[0].quantities: "speed" is not measured',
      'plots[0].x: there is no factor "colour"',
    ]);
    assert.deepEqual(problems({ where: { rate: 3 } }), ["plots[0].where: no cell is selected"]);
  });

  it("is refused where a point would mix the levels of a factor", () => {
    assert.deepEqual(problems({ where: { object: 10_240 } }), [
      "plots[0].where: rate has several levels and no place in the plot: hold it at one",
    ]);
  });
});

describe("a factor in a plot whose kind has no such place", () => {
  const { series: _, ...bare } = CDF;

  it("is refused, because what it varies would be drawn as one", () => {
    assert.deepEqual(words({ ...bare, x: "plan" }), ["plots[0].x: a plot of the kind cdf has none"]);
    assert.deepEqual(words({ ...PHASES, series: "rate", where: { object: 10_240 } }), [
      "plots[0].series: a plot of the kind phases has none",
    ]);
    const trace = { kind: "trace", title: "Windows", quantities: [], panel: "plan" } as const;
    assert.deepEqual(words(trace), ["plots[0].panel: a plot of the kind trace has none"]);
    assert.deepEqual(
      problemsOf({ ...bare, x: "plan" }).map(({ allowed }) => allowed),
      ["series, panel"],
    );
  });

  it("is accepted in the places that it has", () => {
    assert.deepEqual(words({ ...bare, panel: "plan" }), []);
    assert.deepEqual(words(PHASES), []);
    for (const request of manifest.plots) assert.deepEqual(words(request), []);
  });
});

describe("the quantities of a plot", () => {
  it("are one, but of phases, because no other would be drawn", () => {
    assert.deepEqual(words({ ...BY_RTT, quantities: ["pageTime", "goodput"] }), [
      "plots[0].quantities: a plot of the kind factor draws one",
    ]);
  });

  it("have one unit where they are stacked", () => {
    assert.deepEqual(words({ ...PHASES, quantities: ["connect", "goodput"] }), [
      "plots[0].quantities: s and bit/s do not add",
    ]);
  });
});
