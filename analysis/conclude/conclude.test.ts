import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { parse } from "yaml";
import { ROOT } from "../../tests/rules/sources.ts";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Conclusion, Run, Selection } from "../results.ts";
import { concludeStudy, conclusionProblems, type Finding } from "./conclude.ts";
import { FUNCTIONS } from "./functions.ts";

const { manifest, runs } = syntheticStudy({ rtts: [50, 200], rates: [50e6], objectBytes: [10_240], repetitions: 8 });
const at = (plan: string, rtt = 200): Selection => ({ plan, rtt });
const CELLS = {
  serial: at("1.1-serial"),
  four: at("1.0-parallel"),
  serials: { plan: "1.1-serial" },
  fours: { plan: "1.0-parallel" },
};

function conclude(conclusion: Conclusion, some = runs): Finding {
  const study = { ...manifest, conclusions: [{ cells: CELLS, ...conclusion }] };
  assert.deepEqual(conclusionProblems(study).conclusions.flat(), []);
  return concludeStudy(analyse(study, some))[0] as Finding;
}

/** So many requests of a tenth of a second each. */
function histogramsOf(requests: number): { request: string } {
  const made = build({ highestTrackableValue: 60e6, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  for (let request = 0; request < requests; request += 1) made.recordValue(100_000);
  return { request: encodeIntoCompressedBase64(made) };
}

const problemsOf = (conclusion: Conclusion) =>
  conclusionProblems({ ...manifest, conclusions: [{ cells: CELLS, ...conclusion }] })
    .conclusions.flat()
    .map(({ path, message, allowed }) => `${path}: ${message} (${allowed})`);

describe("docs/conclusions.md", () => {
  const text = readFileSync(`${ROOT}docs/conclusions.md`, "utf8");

  it("explains every function", () => {
    for (const [name, { parameters }] of Object.entries(FUNCTIONS)) {
      assert.ok(text.includes(`\`${name}(${parameters.join(", ")})\``) || text.includes(`\`${name}\``), name);
    }
  });

  it("has an example that is a conclusion", () => {
    const yaml = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? "";
    // The made-up study calls its quantity otherwise, and has levels as a file's reader makes them.
    const ofThisStudy = yaml.replaceAll("pageSeconds", "pageTime").replaceAll("200ms", "200");
    const conclusions = parse(ofThisStudy).conclude as Conclusion[];
    assert.deepEqual(conclusionProblems({ ...manifest, conclusions }).conclusions.flat(), []);
    const [finding] = concludeStudy(analyse({ ...manifest, conclusions }, runs));
    assert.equal(finding?.status, "supported");
    assert.match(finding.text, /^At 200 ms one connection takes 1\.\d\d \(/);
  });
});

describe("a conclusion", () => {
  it("is supported where the whole interval is on the side of its condition, with the values filled in", () => {
    const { status, text } = conclude({
      say: "At {level(rtt, serial)}: {ratio(pageTime, serial, four)} times, {mean(pageTime, serial)}, {runs(serial)} runs.",
      when: "ratio(pageTime, serial, four) > 1 and runs(serial) >= 5",
    });
    assert.equal(status, "supported");
    assert.match(
      text,
      /^At 200 ms: \d\.\d\d \(\d\.\d\d to \d\.\d\d\) times, \d\.\d\d s \(\d\.\d\d to \d\.\d\d\), \d runs\.$/,
    );
  });

  it("is contradicted where the whole interval is on the other side, and says what it compared", () => {
    const { status, reasons } = conclude({ say: "Faster.", when: "ratio(pageTime, serial, four) < 1" });
    assert.equal(status, "contradicted");
    assert.match(reasons[0] ?? "", /does not hold: ratio\(pageTime, serial, four\) is \d/);
  });

  it("stays open where the interval holds the bound, and not turned around does not support it either", () => {
    const value = analyse(manifest, runs).cells[0]?.quantities.get("pageTime")?.mean.value;
    const cells = { first: manifest.cells[0]?.levels as Selection };
    for (const when of [`mean(pageTime, first) > ${value}`, `not mean(pageTime, first) > ${value}`]) {
      assert.equal(conclude({ cells, say: "Slower.", when }).status, "open");
    }
  });

  it("stays open where bounds that should lie apart overlap, and is contradicted only by intervals that do", () => {
    const found = (one: number, other: number) => {
      const some = runs.map((run) => {
        const level = run.cell.startsWith("1.1-serial 200 ") ? one : other;
        return { ...run, voidReason: null, values: { ...run.values, pageTime: level + 0.1 * (run.block % 2) } };
      });
      return conclude({ say: "Slower.", when: "lower(mean(pageTime, serial)) > upper(mean(pageTime, four))" }, some);
    };
    assert.deepEqual(
      [found(2, 1).status, found(1.02, 1).status, found(1, 2).status],
      ["supported", "open", "contradicted"],
    );
    assert.match(found(1.02, 1).reasons[0] ?? "", /cannot be said: lower\(mean\(pageTime, serial\)\) is 1\.\d+ s, /);
  });

  it("stays open without runs, and with a single one", () => {
    const conclusion = { say: "{ratio(pageTime, serial, four)}", when: "ratio(pageTime, serial, four) > 1" };
    assert.deepEqual([conclude(conclusion, []).status, conclude(conclusion, []).text], ["open", "–"]);
    assert.equal(conclude(conclusion, runs.slice(0, manifest.cells.length)).status, "open");
  });

  it("compares cells that differ in what the selections name and agree in all else", () => {
    const { status } = conclude({
      say: "{ratio(pageTime, serials, fours)} {smallestRatio(pageTime, serials, fours)}",
      when: "smallestRatio(pageTime, serials, fours) <= ratio(pageTime, serials, fours) or 1 > 2",
    });
    assert.notEqual(status, "contradicted");
  });

  it("knows the model's error, quantiles of requests, and where runs were saturated", () => {
    const { status, text } = conclude({
      say: "{error(page, serial) | percent} {largestError(page, all) | percent plain} {p90(request, serial)} {p90(goodput, serial)} {saturated(none, all)}",
      when: "medianRatio(pageTime, serial, four) > 1 and largestError(page, all) < 0.2 and upper(mean(pageTime, serial)) > predicted(page, serial) * 0.9",
    });
    assert.equal(status, "supported", text);
    assert.match(text, /^−?\d\.\d+ % \(.*\) \d\.\d+ % \d+ ms \(.*\) – 1$/);
  });

  describe("over cells of which some have no runs that count", () => {
    const inDomain = manifest.predictions.filter(({ brokenAssumptions }) => brokenAssumptions.length === 0);
    const last = inDomain.at(-1)?.cell;
    const voided = (saturated: "none" | "server", some = runs) =>
      some.map((run) => (run.cell === last ? { ...run, voidReason: "it was saturated", saturated } : run));
    const error = { say: "{largestError(page, all) | plain}", when: "largestError(page, all) < 0.5" };
    const free = { say: "{saturated(server, all) | percent}", when: "saturated(server, all) <= 0" };

    it("says nothing of the largest error, for theirs may be larger", () => {
      assert.equal(conclude(error).status, "supported");
      const { status, text } = conclude(error, voided("server"));
      assert.equal(status, "open");
      assert.match(text, /^0\.0\d+$/);
    });

    it("counts them in the model's domain, so that the data do not contradict how large it is", () => {
      const many = { say: "{inDomain(page, all)}", when: `inDomain(page, all) >= ${inDomain.length}` };
      assert.equal(conclude(many, voided("server")).status, "supported");
    });

    it("counts runs that are void but were saturated among the saturated", () => {
      assert.equal(conclude(free).status, "supported");
      const { status, text } = conclude(free, voided("server"));
      assert.equal(status, "contradicted");
      assert.match(text, /^1\d\.\d %$/); // all runs of one of eight cells, less a few void ones of the others
    });

    it("counts a run at each place where it was saturated", () => {
      const two = runs.map(
        (run): Run => ({ ...run, voidReason: null, saturated: "server", alsoSaturated: ["generator"] }),
      );
      const text =
        "{saturated(server, all)} {saturated(generator, all)} {saturated(machine, all)} {saturated(none, all)}";
      const found = conclude({ say: text, when: "saturated(generator, all) < 0.1" }, two);
      assert.deepEqual([found.text, found.status], ["1 1 0 0", "contradicted"]);
    });

    it("says nothing of saturation where a cell has neither", () => {
      const { status, text } = conclude(free, voided("none"));
      assert.deepEqual([status, text], ["open", "–"]);
    });
  });

  it("says nothing by a quantile with too few requests beyond it, which a report marks", () => {
    // Of 60 requests a run six lie beyond p90, and less than one beyond p99.
    assert.equal(conclude({ say: "", when: "p90(request, serial) > 0" }).status, "supported");
    const busier = runs.map((run) => ({ ...run, histograms: histogramsOf(100) }));
    const { status, text } = conclude({ say: "{p99(request, serial)}", when: "p99(request, serial) > 0" }, busier);
    assert.deepEqual([status, text], ["open", "100 ms"]);
  });

  it("refuses pairs without a counterpart, and a crossover over more than one factor", () => {
    assert.match(
      problemsOf({ say: "", when: "ratio(pageTime, serials, four) > 1" })[0] ?? "",
      /2 cells against 1 make \d pairs/,
    );
    assert.match(
      problemsOf({ say: "{crossover(rtt, pageTime, all, all)}", when: "1 < 2" })[0] ?? "",
      /differ in more than/,
    );
    assert.match(
      problemsOf({ say: "{crossover(plan, pageTime, all, all)}", when: "1 < 2" })[0] ?? "",
      /positive numbers/,
    );
    assert.deepEqual(problemsOf({ say: "{crossover(rtt, pageTime, serials, fours)}", when: "1 < 2" }), []);
  });

  it("is refused by itself: each has its own problems, and the hypothesis, too", () => {
    const [good, bad] = [
      { say: "", when: "1 < 2" },
      { say: "", when: "mean(speed, all) < 2" },
    ];
    const { hypothesis, conclusions } = conclusionProblems({
      ...manifest,
      hypothesisHolds: { when: "nothing" },
      conclusions: [good, bad, good],
    });
    assert.deepEqual(
      conclusions.map(({ length }) => length),
      [0, 1, 0],
    );
    assert.deepEqual([hypothesis[0]?.path, conclusions[1]?.[0]?.path], ["hypothesisHolds.when", "conclude[1].when"]);
  });

  it("is refused before the first run with every fault's place, and can compute nothing else", () => {
    assert.deepEqual(
      problemsOf({ say: "{mean(pageTime, nobody)} {p50(speed, serial)}", when: "mean(pageTime, fours) > 1" }),
      [
        'conclude[0].say: column 17: "nobody" names no cells; known: all, serial, four, serials, fours ()',
        'conclude[0].say: column 31: "speed" is no quantity of this study; known: pageTime, connect, server, transfer, request, goodput ()',
        'conclude[0].when: column 16: "fours" selects 2 cells where one is needed ()',
      ],
    );
    assert.match(problemsOf({ say: "", when: "eval(1)" })[0] ?? "", /there is no function "eval"/);
    assert.match(problemsOf({ say: "", when: "constructor(1)" })[0] ?? "", /there is no function "constructor"/);
    assert.match(problemsOf({ say: "", when: "mean(pageTime, serial)" })[0] ?? "", /a condition should stand here/);
    assert.match(problemsOf({ say: "", when: "1 < 2 + (1 < 2)" })[0] ?? "", /a number should stand here/);
    assert.match(
      problemsOf({ say: "", when: "mean(pageTime, serial) / mean(pageTime, four) > 1" })[0] ?? "",
      /two estimates: their errors may hang together/,
    );
    assert.match(problemsOf({ say: "{1", when: "1 < 2" })[0] ?? "", /a brace is opened or closed only/);
    assert.match(problemsOf({ say: "{1 | loud}", when: "1 < 2" })[0] ?? "", /"loud" is no style \(plain, percent\)/);
    assert.deepEqual(problemsOf({ cells: { a: { colour: 1 }, b: { rtt: 33 } }, say: "", when: "1 < 2" }), [
      "conclude[0].cells.a.colour: there is no such factor (plan, rtt, rate, object)",
      "conclude[0].cells.b.rtt: 33 is no level of it (50, 200)",
    ]);
  });
});
