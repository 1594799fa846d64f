// `rttlab study …` as people type it, in a folder of results that a made-up study left: the
// examples of its help, and its answers to bad input. Studies that measure are in
// tests/docker/study.test.ts.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Run } from "../analysis/results.ts";
import { describeError, exitStatus } from "../lib/errors.ts";
import { syntheticStudy } from "../tests/study/synthetic.ts";
import { captureOf, exchange } from "../tests/study/tcp-capture.ts";
import type { Output } from "../topology/commands/output.ts";
import { COMMANDS } from "./commands/table.ts";
import { appendRun, createResults } from "./results/store.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;
/** Those that measure, and so need a testbed. */
const MEASURING = ["run", "smoke", "resume"];
const TRACED_RUNS = 2;

interface Finished {
  status: number;
  stdout: string;
  stderr: string;
}

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-study-"));
  process.chdir(folder);
  const one = { rtts: [10, 100], rates: [2e6], objectBytes: [10_240], requests: 20 };
  await leave("results/first", 1, 1);
  await leave("results/second", 2, 1);
  await leave("results/slower", 3, 1.1);
  await leave("results/short", 4, 1, 2);
  await cp("results/first", "results/sourceless", { recursive: true });
  const { source: _, ...sourceless } = JSON.parse(await readFile("results/sourceless/manifest.json", "utf8"));
  await writeFile("results/sourceless/manifest.json", JSON.stringify(sourceless));
  await cp("results/second", "results/otherwise", { recursive: true });
  const { environment, ...rest } = JSON.parse(await readFile("results/otherwise/manifest.json", "utf8"));
  const there = { ...environment, facts: { ...environment.facts, kernel: "7.0" } };
  const otherwise = { ...rest, environment: there, source: "title: another" };
  await writeFile("results/otherwise/manifest.json", JSON.stringify(otherwise));
  await leave("results/fewer", 1, 1, 8, "1.0-serial 100 2000000 10240");
  await leave("results/slow-start-2026-11-27-200000", 5, 1);

  /** Results of the made-up study, whose times are `slower` times as long. */
  async function leave(name: string, seed: number, slower: number, repetitions = 8, without = ""): Promise<void> {
    const { manifest, runs } = syntheticStudy({ ...one, seed, repetitions });
    const path = join(folder, name);
    await createResults(path, { ...manifest, source: "", calibrations: [] });
    const kept = runs.filter(({ cell }) => cell !== without).map((run, index) => ({ ...run, index }));
    for (const run of kept) await appendRun(path, scaled(run, slower), traceOf(run));
  }
});
after(() => {
  process.chdir(tmpdir());
  return rm(folder, { recursive: true });
});

function scaled({ traces: _, ...run }: Run, by: number): Run {
  const values = Object.entries(run.values).map(([name, value]) => [name, value === null ? null : value * by]);
  return { ...run, values: Object.fromEntries(values) };
}

/** Two samples of a connection, and its packets at both ends of a link, in the first runs. */
function traceOf({ index, cell }: Run) {
  if (index >= TRACED_RUNS) return null;
  const head = { kind: "run" as const, run: index, cell, atMillis: 0, everyMillis: 10, packets: 200 };
  const samples = [0, 0.01].map((seconds) => ({
    kind: "tcp" as const,
    host: "server",
    connection: "server:80 to client:1",
    seconds,
    cwndSegments: 10,
    ssthreshSegments: null,
    srttMillis: 100.5,
    leastRttMillis: 100,
    resentSegments: 0,
    inFlightSegments: 0,
    deliveryBitsPerSecond: 0,
    ackedBytes: 0,
    state: "open" as const,
  }));
  const { ofClient, ofServer } = exchange();
  const captures = [ofClient, ofServer].map((sent, at) => ({ name: `far-wan-${at + 1}`, file: captureOf(sent) }));
  return { rows: [head, ...samples], captures };
}

/**
 * In this process, for starting one takes a second; stdout also has others' output (see `typed`).
 */
async function study(...words: string[]): Promise<Finished> {
  const [name = "", ...given] = words;
  const command = COMMANDS.find(({ usage }) => usage.split(" ")[0] === name);
  assert.ok(command !== undefined, name);
  let stdout = "";
  const output: Output = {
    json: false,
    async result(_, text) {
      stdout += `${text()}\n`;
    },
    progress: () => {},
  };
  try {
    return { status: await (await command.load())(given, output), stdout, stderr: "" };
  } catch (error) {
    return { status: exitStatus(error), stdout, stderr: describeError(error) };
  }
}

/** As it is typed. */
function typed(...words: string[]): Promise<Finished> {
  const { promise, resolve } = Promise.withResolvers<Finished>();
  execFile(process.execPath, [MAIN, ...words], { cwd: folder, maxBuffer: 64 << 20 }, (error, stdout, stderr) =>
    resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
  );
  return promise;
}

describe("the help of study", () => {
  it("lists every command and every example, and has the example of one", async () => {
    const { stdout } = await typed("--help");
    for (const { usage } of COMMANDS) assert.ok(stdout.includes(`\n  ${usage.split(" ")[0]} `), usage);
    for (const { example } of COMMANDS) assert.ok(stdout.includes(`\n  npm run study ${example}\n`), example);
    assert.match((await typed("help", "compare")).stdout, /Example:\n {2}npm run study compare results\/first /);
  });

  for (const { example } of COMMANDS.filter(({ usage }) => !MEASURING.includes(usage.split(" ")[0] ?? ""))) {
    it(`has an example that does what it says: ${example}`, async () => {
      const run = example.startsWith("export") ? typed : study;
      const { status, stdout, stderr } = await run(...example.split(" "));
      assert.equal(status, 0, stderr);
      assert.notEqual(stdout, "");
    });
  }
});

describe("study list", () => {
  it("has the question of each study, on its line", async () => {
    const { stdout } = await study("list");
    for (const line of stdout.trimEnd().split("\n")) assert.match(line, / cells .* runs .*\?/);
  });
});

describe("study compare", () => {
  const cases: [other: string, verdict: string, status: number][] = [
    ["results/second", "same", 0],
    ["results/slower", "different", 1],
    ["results/short", "inconclusive", 5],
  ];
  for (const [other, verdict, status] of cases) {
    it(`says ${verdict} of ${other}, and exits ${status}`, async () => {
      const found = await study("compare", "results/first", other);
      assert.match(found.stdout, new RegExp(`^${verdict}, against a margin of 5 %$`, "m"), found.stderr);
      assert.equal(found.status, status);
    });
  }

  it("says what it compared, what the study is about, and what not; or compares what is asked for", async () => {
    const { stdout } = await study("compare", "results/first", "results/second");
    assert.match(stdout, /^pageTime: 8 same, 0 different, 0 inconclusive\ndrawn and not compared: connect, server, /m);
    const asked = await study("compare", "results/first", "results/slower", "of=connect,request", "margin=20%");
    assert.match(asked.stdout, /^connect: 8 same, .*\nrequest: \d+ same, .*\n(same|inconclusive), against .* 20 %$/m);
  });

  it("names what was asked and found otherwise, and is not sure where it was asked", async () => {
    const { status, stdout } = await study("compare", "results/first", "results/otherwise");
    assert.equal(status, 5);
    assert.match(stdout, /^asked otherwise: the study's file: .*\nfound otherwise: kernel: 6\.18\.5, then 7\.0\n/m);
  });

  it("names the cells that only one of them has measured, and is not sure then", async () => {
    const { status, stdout } = await study("compare", "results/first", "results/fewer");
    assert.equal(status, 5);
    assert.match(stdout, /^only in one {2}1\.0-serial 100 2000000 10240$/m);
  });
});

describe("study report", () => {
  it("publishes a report of a page, its words and its drawings, in place of an earlier one", async () => {
    const place = join(folder, "docs", "reports", "made-up");
    for (const results of ["results/first", "results/second"]) {
      const { status, stderr } = await study("report", results, place);
      assert.equal(status, 0, stderr);
    }
    const files = ["manifest.json.gz", "plots", "report.html", "report.md", "runs.ndjson.gz"];
    assert.deepEqual((await readdir(place)).sort(), files);
    const drawings = await readdir(join(place, "plots"));
    const words = await readFile(join(place, "report.md"), "utf8");
    const shown = [...words.matchAll(/\(plots\/(.*?)\)/g)].map(([, name]) => name);
    assert.deepEqual(shown.sort(), drawings.sort());
  });

  it("publishes results that are compared and exported as they were, and neither resumed nor reported anew", async () => {
    assert.equal((await study("report", "results/first", "docs/first")).status, 0);
    assert.equal((await study("export", "docs/first")).stdout, (await study("export", "results/first")).stdout);
    const comparison = await study("compare", "docs/first", "results/first", "of=connect,request");
    assert.equal(comparison.status, 0, comparison.stdout);
    for (const command of ["resume", "report"]) {
      const { status, stderr } = await study(command, "docs/first");
      assert.equal(status, 2);
      assert.match(stderr, /E_BAD_RESULTS.*they are published, and only compared and exported/);
    }
  });

  it("publishes nothing of a smoke, whose report it writes beside its results", async () => {
    const results = join(folder, "results", "smoke");
    const { manifest, runs } = syntheticStudy({ rtts: [10], rates: [2e6], repetitions: 1, requests: 0 });
    await createResults(results, { ...manifest, isSmoke: true, source: "", calibrations: [] });
    for (const run of runs) await appendRun(results, run, null);
    const refused = await study("report", results, "docs/smoke");
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /^E_PUBLISH: publishing to docs\/smoke: .* smoke/);
    await assert.rejects(readdir("docs/smoke"), { code: "ENOENT" });
    assert.equal((await study("report", results)).status, 0);
  });

  it("publishes the configuration of a peer, whose places are its container's", async () => {
    const results = join(folder, "results", "peers");
    const { manifest, runs } = syntheticStudy({ rtts: [10], rates: [2e6], repetitions: 1, requests: 0 });
    const configuration = { "configuration of nginx": "pid /tmp/peer/nginx.pid; · root /tmp/site;" };
    const environment = { ...manifest.environment, facts: { ...manifest.environment.facts, ...configuration } };
    await createResults(results, { ...manifest, environment, source: "", calibrations: [] });
    for (const run of runs) await appendRun(results, run, null);
    const { status, stderr } = await study("report", results, "docs/peers");
    assert.equal(status, 0, stderr);
  });

  it("publishes nothing that names this machine, and nothing over what is no report", async () => {
    const results = join(folder, "results", "named");
    const { manifest, runs } = syntheticStudy({ rtts: [10], rates: [2e6], repetitions: 1, requests: 0 });
    const command = `npm run study run ${join(folder, "mine.yaml")}`;
    await createResults(results, { ...manifest, command, source: "", calibrations: [] });
    for (const run of runs) await appendRun(results, run, null);
    const refused = await study("report", results, "docs/named");
    assert.equal(refused.status, 1);
    for (const file of ["report.html", "report.md"]) assert.match(refused.stderr, new RegExp(`${file}: it names `));
    await mkdir("docs/taken", { recursive: true });
    await writeFile("docs/taken/notes.txt", "mine");
    assert.match((await study("report", "results/first", "docs/taken")).stderr, /E_PUBLISH.*notes\.txt/);
    assert.deepEqual(await readdir("docs/taken"), ["notes.txt"]);
  });
});

describe("study export", () => {
  it("prints a row a run, under heads with units", async () => {
    const { stdout } = await typed("export", "results/first", "csv");
    const [head = "", ...rows] = stdout.trimEnd().split("\r\n");
    assert.match(head, /^run,block,cell,startedAt,void,saturated,plan,rtt \[ms\].*pageTime \[s\]/);
    assert.equal(rows.length, 64);
  });

  it("writes the runs, the traces and what captures show to a new folder, and to no other", async () => {
    const { status, stderr } = await study("export", "results/first", "csv", "tables");
    assert.equal(status, 0, stderr);
    assert.deepEqual((await readdir(join(folder, "tables"))).sort(), ["runs.csv", "traces.csv", "wire.csv"]);
    const [head = "", ...rows] = (await readFile(join(folder, "tables", "traces.csv"), "utf8")).trimEnd().split("\r\n");
    assert.match(head, /^run,cell,kind,.*seconds \[s\].*cwndSegments \[segments\]/);
    assert.equal(rows.length, 2 * TRACED_RUNS);
    const wire = (await readFile(join(folder, "tables", "wire.csv"), "utf8")).trimEnd().split("\r\n");
    assert.match(wire[0] ?? "", /^run,cell,link,opener,other,setupSeconds \[s\],transferSeconds \[s\],teardownSeconds/);
    assert.match(wire[1] ?? "", /^0,[^,]+,far-wan,10\.0\.1\.10:40000,10\.0\.2\.10:80,0\.1,0\.109,0\.109,2000,0$/);
    assert.equal(wire.length, 1 + TRACED_RUNS);
    const again = await study("export", "results/first", "csv", "tables");
    assert.equal(again.status, 2);
    assert.match(again.stderr, /E_BAD_RESULTS.*the folder is not empty/);
  });
});

describe("study, given what it cannot use", () => {
  const cases: [words: string, status: number, says: RegExp][] = [
    ["plan no-such-study", 2, /E_BAD_STUDY_NAME.*slow-start/],
    ["plan ./missing.yaml", 2, /E_BAD_STUDY_NAME/],
    ["report results/nothing-here", 2, /E_BAD_RESULTS.*manifest\.json/],
    ["compare results/first results/nothing-here", 2, /^E_BAD_RESULTS: reading results of results\/nothing-here: /],
    ["compare results/first results/second of=joy", 2, /^E_USAGE.*\n.*no run measures joy .*pageTime, /],
    ["export results/first xlsx", 2, /E_USAGE.*only csv/],
    ["export results/first csv results/first/runs.ndjson", 2, /^E_BAD_RESULTS.*: it is no folder/],
    ["report results/first results/first/runs.ndjson", 1, /^E_PUBLISH.*: it is no folder/],
    ["resume results/nothing-here", 2, /E_BAD_RESULTS/],
    ["resume results/sourceless", 2, /E_BAD_RESULTS.*its manifest has no source/],
    ["run slow-start results/first", 2, /E_BAD_RESULTS.*not empty/],
    ["run ./wrong.yaml", 2, /E_BAD_STUDY.* problems/],
  ];
  for (const [words, status, says] of cases) {
    it(`says what is wrong with: ${words}`, async () => {
      await writeFile(join(folder, "wrong.yaml"), "title: wrong\nscenario: moon\n");
      const before = await readdir(folder, { recursive: true });
      const found = await study(...words.split(" "));
      assert.match(found.stderr, says);
      assert.equal(found.status, status, found.stderr);
      assert.deepEqual(await readdir(folder, { recursive: true }), before, "nothing is touched");
    });
  }
});
