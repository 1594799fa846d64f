import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { analyse } from "../analyse.ts";
import type { Run } from "../results.ts";
import { composeReport } from "./compose.ts";
import type { ReportState } from "./document.ts";
import { reportHtml } from "./html.ts";
import { reportMarkdown } from "./markdown.ts";
import { makeReport } from "./report.ts";

const SMALL = { rtts: [10, 200], rates: [10e6, 50e6], repetitions: 6, requests: 30 };
const { manifest, runs } = syntheticStudy(SMALL);
const finished = await makeReport(manifest, runs);
const whole = finished.files.get("report.html") as string;
/** Without the drawings, which take most of the time. */
const html = (some: Iterable<Run> = runs, state: ReportState = "whole", of = manifest) =>
  reportHtml(composeReport(analyse(of, some), [], state));

describe("a report", () => {
  it("is the same byte for byte from the same results, whatever was drawn before", async () => {
    const again = await makeReport(manifest, runs);
    assert.deepEqual([...again.files], [...finished.files]);
  });

  it("has question, answer, setup, plots, tables, effects, model, voids, threats, and how to run it again", () => {
    const titles = [...whole.matchAll(/<h2 id="[^"]+">([^<]+)</g)].map(([, title]) => title);
    assert.deepEqual(titles, [
      "Question",
      "Answer",
      "Further findings",
      "Setup",
      "Plots",
      "Results by cell",
      "Effects",
      "Model beside measurement",
      "Void runs",
      "Threats to validity",
      "Run it again",
    ]);
  });

  it("asks nothing of anyone: no script, no source, no link away, and a policy that forbids it", () => {
    assert.doesNotMatch(whole, /<script|<link|<img|<iframe|@import|url\((?!#)|\ssrc=|href="(?!#)/);
    assert.match(whole, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  });

  it("has ids of its own for every clip of every plot", () => {
    const ids = [...whole.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("strikes through what the data contradict, and flags it, in both forms", () => {
    const { files } = finished;
    assert.match(files.get("report.html") ?? "", /contradicted by the data<\/strong> <s>Serial HTTP\/1\.1 is faster/);
    assert.match(files.get("report.md") ?? "", /\*\*contradicted by the data:\*\* ~~Serial HTTP\/1\.1 is faster/);
  });

  it("says below the hypothesis whether it holds, and why, in both forms", () => {
    const pages = (when: string) => {
      const document = composeReport(analyse({ ...manifest, hypothesisHolds: { when } }, runs), [], "whole");
      return [reportHtml(document), reportMarkdown(document, "plots").replaceAll("\\", "")];
    };
    const verdicts: [when: string, verdict: RegExp][] = [
      ["runs(all) > 1", /The hypothesis holds\.[\s\S]*runs\(all\) (>|&gt;) 1 holds: runs\(all\) is \d+/],
      ["runs(all) < 1", /The hypothesis does not hold: the data contradict it\./],
    ];
    for (const [when, verdict] of verdicts) for (const page of pages(when)) assert.match(page, verdict);
    assert.match(html([]), /no condition that decides it/);
    const undecided = analyse({ ...manifest, hypothesisHolds: { when: "largestError(page, all) > 0" } }, []);
    assert.match(reportHtml(composeReport(undecided, [], "stopped")), /The data do not decide the hypothesis/);
  });

  it("says in its setup how long its runs took, beside their windows, unless it was resumed", () => {
    const timed = [...runs].slice(0, 3).map((run, index) => {
      const startedAt = new Date(Date.parse("2026-11-01T10:00:00Z") + index * 50_000).toISOString();
      return { ...run, startedAt, values: { ...run.values, windowSeconds: 40 } };
    });
    assert.match(html(timed), /Its runs took 2\.33 min, 1\.17 times the sum of their windows\./);
    const resumed = [{ at: "2026-11-01T10:01:00Z", fromRun: 1, otherwise: {} }];
    assert.doesNotMatch(html(timed, "whole", { ...manifest, resumed }), /Its runs took/);
  });

  it("says in its setup which cells are left out, and why", () => {
    const excluded = [
      { cells: { rtt: 10, rate: [10e6, 50e6] }, because: "a page takes seconds" },
      { cells: { rtt: 200 } },
    ];
    const page = reportHtml(composeReport(analyse({ ...manifest, excluded }, runs), [], "whole"));
    assert.match(
      page,
      /Left out: round-trip time 10 ms with rate 10 Mbit\/s or 50 Mbit\/s, because a page takes seconds\./,
    );
    assert.match(page, /Left out: [^<,]* 200 ms\./);
  });

  it("names left-out levels of a factor that counts something as one would say them", () => {
    const factors = [{ name: "window", label: "initial window, segments", unit: "1", levels: [1, 2, 4, 10, 32] }];
    const excluded = [{ cells: { window: [1, 2, 4, 32] } }];
    const { hypothesisHolds: _, ...rest } = manifest;
    const bare = { ...rest, factors, excluded, cells: [], conclusions: [], effects: [], plots: [] };
    const page = reportHtml(composeReport(analyse(bare, []), [], "whole"));
    assert.match(page, /Left out: initial window of 1, 2, 4 or 32 segments\./);
  });

  it("has a table of requests' quantiles only where one of them is not too thin, and says why not otherwise", () => {
    const few = syntheticStudy({ ...SMALL, repetitions: 2, requests: 1 });
    const page = reportHtml(composeReport(analyse(few.manifest, few.runs), [], "whole"));
    assert.doesNotMatch(page, /p99 \(95 %\)/);
    assert.match(page, /No quantiles of requests are given: .* at most 2 requests/);
    assert.match(html(), /p99 \(95 %\)/);
  });

  it("says in its setup which intervals are corrected for many comparisons, and which are not", () => {
    assert.match(html(), /Effects are corrected .*The intervals of answers and findings are not/);
  });

  it("says the same numbers as HTML and as Markdown, which refers to each drawing that is there", () => {
    const { files } = finished;
    const markdown = (files.get("report.md") ?? "").replaceAll("\\", "");
    const cells = [...(files.get("report.html") ?? "").matchAll(/<td class="n">([^<]+)</g)].map(
      ([, text = ""]) => text,
    );
    assert.ok(cells.length > 300);
    for (const text of cells) assert.ok(markdown.includes(text.replace("&lt;", "<")), text);
    for (const [, path = ""] of markdown.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) assert.ok(files.has(path), path);
  });

  it("so far says so, loads itself anew, and holds no finding without runs", () => {
    const page = html([], "running");
    assert.match(page, /http-equiv="refresh"/);
    assert.match(page, /The study is running: 0 of 192 runs so far/);
    assert.doesNotMatch(page, /class="finding supported/);
    assert.doesNotMatch(html(), /http-equiv="refresh"/);
  });

  it("of a study that was stopped says so and how to go on, and does not load itself anew", () => {
    const page = html(runs.slice(0, 40), "stopped");
    assert.match(page, /The study was stopped after 40 of 192 runs/);
    assert.match(page, /npm run study resume/);
    assert.doesNotMatch(page, /http-equiv="refresh"/);
  });

  it("of a smoke says first that it answers nothing, and has no verdict, whatever its runs hold", () => {
    const hypothesisHolds = { when: "runs(all) >= 1" };
    const smoke = { ...manifest, isSmoke: true, hypothesisHolds };
    for (const state of ["running", "stopped", "whole"] as const) {
      const page = html(runs, state, smoke);
      assert.match(page, /<p class="warning" [^>]*>A smoke: 32 cells of the study, once each/);
      assert.ok(page.indexOf("A smoke: ") < page.search(/<h2|The study (is running|was stopped)/), state);
      assert.doesNotMatch(page, /The hypothesis |class="finding|>Answer<|>Further findings</);
    }
    assert.doesNotMatch(html(runs, "whole", { ...smoke, isSmoke: false }), /A smoke/);
    assert.match(html(runs, "whole", { ...smoke, isSmoke: false }), /The hypothesis holds\./);
  });

  it("holds at every number of runs on the way", async () => {
    for (const count of [1, 33]) {
      const { files } = await makeReport(manifest, runs.slice(0, count), { state: "running" });
      const last = runs[count - 1]?.startedAt;
      assert.match(files.get("report.html") ?? "", new RegExp(`${count} of 192 runs so far, the last begun ${last}`));
    }
  });

  it("counts one of anything in the singular", () => {
    const [first] = runs as [Run];
    const page = html([
      { ...first, voidReason: "it was spoilt" },
      ...runs.slice(1).map((run) => ({ ...run, voidReason: null })),
    ]);
    assert.match(page, /runs count, 1 is void\./);
    assert.match(page, /1 run does not count\. It is kept in the results, with its reason:/);
    assert.doesNotMatch(page, /\b1 (runs|cells|packets|segments)\b/);
  });

  it("keeps void runs apart: named with their reason, counted in no number", () => {
    const spoilt = runs.map((run): Run => {
      if (run.block !== 2) return { ...run, voidReason: null };
      return {
        ...run,
        voidReason: `a <link> drifted by ${1 + (run.index % 3)} ms`,
        values: { ...run.values, pageTime: 1e6 },
      };
    });
    const page = html(spoilt);
    assert.match(page, /32 × a &lt;link&gt; drifted by 1 to 3 ms \(/);
    const longest = [...page.matchAll(/<td class="n">([\d.]+) s /g)].map(([, seconds]) => Number(seconds));
    assert.ok(longest.length > 50 && Math.max(...longest) < 100, "no mean holds a void run's value");
  });

  it("names the assumption that cells outside a model's domain break, and the largest error there", () => {
    assert.match(html(), /Outside its domain in \d+ cells: slow start overshoots the path .* Largest error there −2\d/);
  });

  it("finds threats in the data: few runs, and a machine that drifts over the blocks", () => {
    assert.match(html(runs.filter(({ block }) => block < 3)), /cells have fewer than 6 runs/);
    const warming = runs.map((run): Run => {
      const { pageTime } = run.values;
      return { ...run, values: { ...run.values, pageTime: (pageTime as number) * (1 + 0.02 * run.block) } };
    });
    assert.match(html(warming), /Drift: in the later half of the blocks page time differs by [56]\.\d % \(/);
    assert.doesNotMatch(html(), /Drift:/);
    const unmeasured = { name: "joy", label: "joy", unit: "s" };
    const beside = { ...manifest, quantities: [unmeasured, ...manifest.quantities] };
    assert.match(html(warming, "whole", beside), /Drift: in the later half of the blocks page time differs/);
  });
});
