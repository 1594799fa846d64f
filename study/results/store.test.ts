// Results folders as left by a study, by a crash, by another version or by others.

import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import ofManifest from "../../analysis/manifest.schema.json" with { type: "json" };
import { manifestJsonSchema, type Run, runJsonSchema } from "../../analysis/results.ts";
import ofRun from "../../analysis/run.schema.json" with { type: "json" };
import type { TraceRow } from "../../analysis/traces/row.ts";
import type { RttlabError } from "../../lib/errors.ts";
import { syntheticStudy } from "../../tests/study/synthetic.ts";
import { captureOf, exchange } from "../../tests/study/tcp-capture.ts";
import { appendRun, createResults, readResults } from "./store.ts";

const { manifest, runs } = syntheticStudy({ rtts: [10], rates: [2e6], repetitions: 1, requests: 0 });
const ROWS: TraceRow[] = [0, 0.01, 0.02].map((seconds) => ({
  kind: "rudp",
  host: "rudp-sink",
  connection: "rudp-sink to rudp-client:1",
  seconds,
  cwndSegments: 10,
  ssthreshSegments: null,
  srttMillis: null,
  leastRttMillis: null,
  resentSegments: 0,
  inFlightSegments: 1,
  deliveryBitsPerSecond: null,
  ackedBytes: null,
  state: "open",
}));

let temporary: string;
let good: string;
let folder: string;

before(async () => {
  temporary = await mkdtemp(join(tmpdir(), "rttlab-results-"));
  good = join(temporary, "good");
  await createResults(good, { ...manifest, source: "", calibrations: [] });
  for (const run of runs.slice(0, 2)) {
    const { traces: _, ...plain } = run;
    const capture = { name: "wan-1", file: Buffer.from("pcap") };
    await appendRun(good, plain, run.index === 1 ? { rows: ROWS, captures: [capture] } : null);
  }
});
after(() => rm(temporary, { recursive: true }));
beforeEach(async () => {
  folder = join(await mkdtemp(join(temporary, "case-")), "results");
  await cp(good, folder, { recursive: true });
});

const read = async (name: string) => readFile(join(folder, name), "utf8");

/** Everything in the folder, so that a test sees whether it was touched. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readFile(path, "utf8")])));
}

describe("the JSON Schemas of a results folder", () => {
  it("are in step with the format", () => {
    assert.deepEqual(ofManifest, JSON.parse(JSON.stringify(manifestJsonSchema())), "npm run generate writes it");
    assert.deepEqual(ofRun, JSON.parse(JSON.stringify(runJsonSchema())), "npm run generate writes it");
  });
});

describe("a results folder", () => {
  it("gives back its manifest and its runs, with the courses of those that were traced", async () => {
    const found = await readResults(folder);
    assert.equal(found.manifest.question, manifest.question);
    assert.equal(found.runs.length, 2);
    assert.deepEqual(found.runs[0]?.values, runs[0]?.values);
    assert.equal(found.runs[0]?.traces, undefined);
    assert.deepEqual(found.runs[1]?.traces?.[0]?.seconds, [0, 0.01, 0.02]);
    assert.deepEqual(await readdir(join(folder, "traces")), ["00001-wan-1.pcap", "00001.ndjson"]);
    assert.ok(!(await read("runs.ndjson")).includes("traces"), "a trace is in its own file alone");
  });

  it("knows which captures were full by the study's text, where an early trace does not say", async () => {
    const { ofClient, ofServer } = exchange();
    for (const end of [1, 2]) {
      const file = captureOf(end === 1 ? ofClient.slice(0, 4) : ofServer.slice(0, 4));
      await writeFile(join(folder, "traces", `00001-wan-${end}.pcap`), file);
    }
    const bytesWith = async (source: string) => {
      await writeFile(join(folder, "manifest.json"), JSON.stringify({ ...manifest, source }));
      return (await readResults(folder)).runs[1]?.wire?.map(({ bytes }) => bytes);
    };
    assert.deepEqual(await bytesWith("traces: {packets: 200}"), [2000]);
    assert.deepEqual(await bytesWith("traces: {packets: 4}"), [null]);
    assert.deepEqual(await bytesWith(""), [null]);
  });

  it("that a crash left loses the run under way, and is mended only when a study goes on in it", async () => {
    await writeFile(join(folder, "runs.ndjson"), `${await read("runs.ndjson")}{"index":2,"cell":"`);
    const before = await contents();
    assert.equal((await readResults(folder)).runs.length, 2);
    assert.deepEqual(await contents(), before);
    await readResults(folder, { mend: true });
    assert.ok((await read("runs.ndjson")).endsWith("\n"));
  });

  it("may hold a report, the kernel's account, and what a crash left of a file", async () => {
    for (const name of ["plots", "kernel/before", "kernel/after"]) await mkdir(join(folder, name), { recursive: true });
    const files = [
      ...["report.html", "report.md", "report.html.new", "manifest.json.new", "traces/00002.ndjson.new"],
      ...["plots/plot-1.svg", "plots/plot-2-1.svg.new", "plots/model-page.svg"],
      ...["kernel/before/wan.qdiscs.txt", "kernel/after/wan.guest.offloads.txt", "kernel/after/a.offloads.txt.new"],
    ];
    for (const name of files) await writeFile(join(folder, name), "");
    assert.equal((await readResults(folder)).runs.length, 2);
  });

  it("is not written over", async () => {
    const before = await contents();
    await assert.rejects(createResults(folder, { ...manifest, source: "", calibrations: [] }), /is not empty/);
    await assert.rejects(
      createResults(join(folder, "manifest.json"), { ...manifest, source: "", calibrations: [] }),
      /no folder/,
    );
    assert.deepEqual(await contents(), before);
  });

  const line = (run: Partial<Run>) => `${JSON.stringify({ ...runs[0], ...run })}\n`;
  const cases: [what: string, file: string, content: string | null, says: RegExp][] = [
    ["another version", "manifest.json", JSON.stringify({ ...manifest, format: "rttlab-study/9" }), /rttlab-study\/9/],
    ["something else", "manifest.json", '{"name": "left-pad"}', /no format of a study's/],
    ["a manifest that is null", "manifest.json", "null", /no format of a study's/],
    ["a manifest that is half there", "manifest.json", JSON.stringify({ format: manifest.format }), /not whole.*cells/],
    ["a manifest that is cut", "manifest.json", '{"format": "rttlab-st', /not JSON/],
    ["no manifest", "manifest.json", null, /no manifest\.json/],
    ["no runs", "runs.ndjson", null, /no runs\.ndjson/],
    ["a broken line", "runs.ndjson", `{"index":0,\n${line({ index: 1 })}`, /line 1 of runs\.ndjson is not JSON/],
    ["a run of another study", "runs.ndjson", line({ cell: "moon=full" }), /line 1 .*no run of this study/],
    ["a run twice", "runs.ndjson", line({}) + line({}), /line 2 .*no run of this study/],
    [
      "a manifest whose factor has no levels",
      "manifest.json",
      JSON.stringify({ ...manifest, factors: [{ name: "rtt", label: "", unit: "ms" }], seed: "7" }),
      /factors\.0\.levels: .*; seed: /,
    ],
    [
      "a run whose value is a word",
      "runs.ndjson",
      line({ values: { time: "soon" as never } }),
      /line 1 .*no run of this/,
    ],
    ["a line that is no run", "runs.ndjson", "null\n", /line 1 .*no run of this study/],
    [
      "a calibration of nothing",
      "manifest.json",
      JSON.stringify({ ...manifest, calibrations: [{}] }),
      /calibrations\.0/,
    ],
    ["a file of others", "notes.txt", "mine", /notes\.txt, which is of no study/],
    ["a file of others among its traces", "traces/notes.txt", "mine", /traces\/notes\.txt, which is of no study/],
    ["a file of others among its drawings", "plots/cat.svg", "mine", /holds plots\/cat\.svg, which is of no study/],
    ["a file of others beside the kernel's account", "kernel/notes.txt", "mine", /holds kernel\/notes\.txt, which/],
    ["a file of others in it", "kernel/after/notes.txt", "mine", /holds kernel\/after\/notes\.txt, which is of no/],
    ["a folder of others", "mine/a/notes.txt", "mine", /holds mine, which is of no study/],
    ["a foreign trace", "traces/00000.ndjson", '{"hello":"world"}\n', /line 1 of 00000\.ndjson is no line of a trace/],
  ];
  for (const [what, file, content, says] of cases) {
    it(`with ${what} is refused, and left as it is`, async () => {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await (content === null ? rm(join(folder, file)) : writeFile(join(folder, file), content));
      const before = await contents();
      await assert.rejects(readResults(folder, { mend: true }), (error: RttlabError) => {
        assert.equal(error.code, "E_BAD_RESULTS");
        assert.match(error.message, says);
        return true;
      });
      assert.deepEqual(await contents(), before);
    });
  }
});
