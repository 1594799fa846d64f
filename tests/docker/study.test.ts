// Studies on a real testbed: from a name to a report, killed and resumed, what a run costs beside
// its measuring, and each condition of a run broken from outside while it goes on.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Manifest, Run } from "../../analysis/results.ts";
import { EXIT } from "../../lib/errors.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { patienceMillis } from "../../topology/apply/patience.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import { ROOT } from "../../topology/testbed/perform.ts";
import { changeServer, request, type Testbed } from "../../topology/testbed/testbed.ts";
import { finished, printed, rttlab, start, topology } from "./cli.ts";
import { openCrashingEngine } from "./crashing-engine.ts";
import { measureMeddled } from "./meddled-study.ts";
import { readRuns, resumeWhole, untilRuns } from "./resumed-study.ts";
import { measureHandshakes, SCENARIO, studyFile } from "./small-study.ts";
import { violationsOf } from "./violations.ts";

const WINDOW_SECONDS = 1;
/** In place of the small study's users. */
const OPEN = "measure.load.rate: 10\n  measure.load.timeout: 1s";

/** On a busy machine any run may be void, for such reasons alone. */
const BUSY = [
  "(machine|wan) was saturated",
  "the result is the load generator's own: a hundredth of the requests began more than 5 ms late, by the generator's own fault",
  "the result is the load generator's own: the load began late by more than 1 % of its window, by the generator's own fault",
].join("|");
const BUSY_BEFORE = "only \\d+ % of the machine was idle before the run, and 70 % are needed";
const LATE = "the path had an RTT of [\\d.]+ ms (before|after) the run, configured were (20|100|110) ms";
const OF_BUSY_MACHINE = new RegExp(`^((${BUSY}|; )*|${BUSY_BEFORE}(${BUSY}|${LATE}|; )*)$`);

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  await topology("up", SCENARIO, "idle", "uncalibrated");
});
after(async () => {
  await topology("down", SCENARIO);
  await rm(folder, { recursive: true });
});

async function writeStudy(name: string, text: string): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  await writeFile(path, text);
  return path;
}

describe("a study", { timeout: 600_000 }, () => {
  it("goes from its name to a report in a minute when it is made small", async () => {
    const results = join(folder, "slow-start");
    const began = performance.now();
    const { exitCode, stdout, stderr } = await rttlab("study", "smoke", "slow-start", results);
    assert.equal(exitCode, 0, stderr);
    assert.ok(performance.now() - began < patienceMillis(60_000), stderr);
    assert.ok(stdout.includes(join(results, "report.html")));
    assert.ok(stdout.endsWith(`still up: ${SCENARIO}; \`npm run topology down ${SCENARIO}\` takes it down\n`), stdout);
    const manifest = JSON.parse(await readFile(join(results, "manifest.json"), "utf8")) as Manifest;
    const runs = await readRuns(results);
    assert.deepEqual(new Set(runs.map(({ cell }) => cell)), new Set(manifest.cells.map(({ id }) => id)));
    assert.ok((await readFile(join(results, "report.html"), "utf8")).includes(manifest.question));
  });

  it("of the page for newcomers does what the page says: it is planned, and made small it is measured", async () => {
    const page = await readFile(join(ROOT, "docs", "writing-a-study.md"), "utf8");
    const [, example = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    await writeStudy("mine", example);
    const commands = [...page.matchAll(/`npm run study (plan|smoke) \.\/mine\.yaml`/g)].map(
      ([, command = ""]) => command,
    );
    assert.deepEqual(commands, ["plan", "smoke"]);
    const results = join(folder, "mine");
    for (const command of commands) {
      const { exitCode, stderr } = await rttlab(
        "study",
        command,
        join(folder, "mine.yaml"),
        ...(command === "smoke" ? [results] : []),
      );
      assert.equal(exitCode, 0, stderr);
    }
    const { cells, environment } = JSON.parse(await readFile(join(results, "manifest.json"), "utf8")) as Manifest;
    assert.equal(cells.length, 4);
    const images = Object.entries(environment.facts).filter(([fact]) => fact.startsWith("image "));
    assert.ok(images.length >= 2 && images.every(([, digest]) => /^sha256:[0-9a-f]{64}$/.test(digest)), String(images));
    const { server = {}, wan = {}, ...others } = environment.offloads ?? {};
    const segmenting = Object.values(server).map((on) => on.includes("generic-receive-offload"));
    assert.ok(segmenting.includes(false), "no interface of the server is plain");
    for (const on of Object.values(wan)) assert.ok(!on.includes("tcp-segmentation-offload"), String(on));
    assert.ok(Object.keys(others).includes("client"), Object.keys(others).join());
    for (const moment of ["before", "after"]) {
      const qdiscs = await readFile(join(results, "kernel", moment, "wan.qdiscs.txt"), "utf8");
      assert.match(qdiscs, /qdisc netem .*\n Sent \d+ bytes \d+ pkt/);
    }
    const [run] = await readRuns(results);
    assert.ok((run?.containers?.server?.memoryBytes ?? 0) > 1e6 && (run?.containers?.wan?.sentBytes ?? 0) > 1e5);
  });

  it("that is killed at any moment goes on with the same cells, and loses no run but the one under way", async () => {
    const path = await writeStudy("small", studyFile(WINDOW_SECONDS, "[10ms, 20ms, 30ms, 40ms]", 1));
    const results = join(folder, "small");
    const study = start(["bin/rttlab", "study", "smoke", path, results]);
    const ended = once(study, "exit");
    // Each of the four runs takes more than a second: the last is not whole 2 s after the second.
    const [most, within] = [1 + Math.floor(Math.random() * 2), Math.random() * 2000];
    await untilRuns(study, results, most);
    await delay(within); // a random moment is what is tried here
    process.kill(-(study.pid as number), "SIGKILL");
    await ended;
    await resumeWhole(results, `killed ${within.toFixed()} ms after run ${most}`);
  });

  it("whose engine crashes says what to do, and goes on with the same cells on a testbed that it brings up", async () => {
    const path = await writeStudy("crashed", studyFile(WINDOW_SECONDS, "[10ms, 20ms, 30ms]", 1));
    const results = join(folder, "crashed");
    const { url, crash } = await openCrashingEngine(folder);
    const words = ["bin/rttlab", "study", "smoke", path, results];
    const study = start([`DOCKER_HOST=${url}`, process.execPath, ...words], "env");
    const ended = finished(study);
    await untilRuns(study, results, 1);
    const within = Math.random() * 1500; // in the run that follows, whatever it does then
    await delay(within);
    await crash(SCENARIO);
    const crashed = `crashed ${within.toFixed()} ms after run 1`;
    const { exitCode, stderr } = await ended;
    assert.equal(exitCode, EXIT.unavailable, `${crashed}: ${stderr}`);
    assert.match(stderr, /^E_DOCKER_UNAVAILABLE: .*`npm run study resume \S+` goes on$/m, crashed);
    await resumeWhole(results, crashed);
  });

  it("that is interrupted says so in its report, which no longer loads itself anew, and how to go on", async () => {
    const path = await writeStudy("interrupted", studyFile(WINDOW_SECONDS, "[10ms, 20ms, 30ms, 40ms]", 1));
    const results = join(folder, "interrupted");
    const study = start(["bin/rttlab", "study", "smoke", path, results]);
    const ended = once(study, "exit");
    while (study.exitCode === null && !existsSync(join(results, "report.html"))) await delay(50);
    assert.match(await readFile(join(results, "report.html"), "utf8"), /http-equiv="refresh"/);
    process.kill(-(study.pid as number), "SIGINT");
    const [exitCode] = await ended;
    assert.equal(exitCode, 1);
    const page = await readFile(join(results, "report.html"), "utf8");
    assert.match(page, /The study was stopped after \d of 4 runs.*npm run study resume/);
    assert.doesNotMatch(page, /http-equiv="refresh"/);
  });

  it("waits while another runs on its testbed, and begins when that has ended", async () => {
    const path = await writeStudy("alone", studyFile(WINDOW_SECONDS, "[10ms]", 1));
    const [before, waiting] = [join(folder, "before"), join(folder, "waiting")];
    const first = start(["bin/rttlab", "study", "smoke", path, before]);
    const firstEnded = once(first, "exit");
    while (first.exitCode === null && !existsSync(join(before, "report.html"))) await delay(50);
    const second = start(["bin/rttlab", "study", "smoke", path, waiting]);
    const secondEnded = once(second, "exit");
    await printed(second.stderr, /waiting for another study on one-path/);
    assert.deepEqual([(await firstEnded)[0], (await secondEnded)[0]], [0, 0]);
    const last = Math.max(...(await readRuns(before)).map(({ startedAt }) => Date.parse(startedAt)));
    const [run] = await readRuns(waiting);
    assert.ok(Date.parse(run?.startedAt ?? "") > last + 1000 * WINDOW_SECONDS);
  });

  it("is the same run again by its comparison, and different over a path whose round trip is 10 % longer", async () => {
    const handshakes = (name: string, rtt: string) => measureHandshakes(join(folder, name), rtt);
    const [first, again, longer] = [
      await handshakes("first", "100ms"),
      await handshakes("again", "100ms"),
      await handshakes("longer", "110ms"),
    ];
    const runs = (await Promise.all([first, again, longer].map(readRuns))).flat();
    const voids = runs.flatMap(({ voidReason }) => voidReason ?? []);
    for (const reason of voids) assert.match(reason, OF_BUSY_MACHINE);
    const compared = (other: string) => rttlab("study", "compare", first, other);
    const [same, different] = [await compared(again), await compared(longer)];
    // On a busy machine too few runs may be left to decide it.
    const undecided = voids.length > 0 ? [5] : [];
    assert.ok([0, ...undecided].includes(same.exitCode ?? -1), same.stdout);
    assert.ok([1, ...undecided].includes(different.exitCode ?? -1), different.stdout);
    if (different.exitCode === 1) assert.match(different.stdout, /^different +connectSeconds .* x 1\.[01]/m);
  });

  it("changes a server's structure in its container, and the next bring-up would mend what it left", async () => {
    const testbed = await connect();
    await changeServer(testbed, "server", { structure: "prethread", workers: "2" });
    const { structure, port } = await request(testbed, "server", "server.status", {});
    assert.deepEqual([structure, port], ["prethread", 80]);
    const planned = await topology("plan", SCENARIO);
    assert.match(planned.stdout, /remove-container +rttlab-one-path-server +its structure is prethread, not event/);
    await changeServer(testbed, "server", { structure: "event", workers: "0" });
    assert.doesNotMatch((await topology("plan", SCENARIO)).stdout, /rttlab-one-path-server /);
  });

  it("takes at most a second beside the measuring of a run", async () => {
    const path = await writeStudy("beside", studyFile(WINDOW_SECONDS, "[10ms, 20ms]", 3));
    const { beside } = await measureMeddled(path, await connect());
    assert.ok(median(beside) < patienceMillis(1000), `${beside.map((millis) => millis.toFixed())} ms`);
  });

  it("measures two at once, of which one begins later, and accounts for the packets of both", async () => {
    const rival = { kind: "rudp", host: "rudp-client", direction: "send", bytes: "500kB", after: "300ms" };
    const words = Object.entries(rival).map(([word, value]) => `  beside.rival.${word}: ${value}\n`);
    const path = await writeStudy(
      "both",
      studyFile(WINDOW_SECONDS, "[20ms]", 1).replace("factors:", `${words.join("")}factors:`),
    );
    const { runs } = await measureMeddled(path, await connect());
    const { voidReason, values } = runs.at(-1) as Run;
    assert.match(voidReason ?? "", OF_BUSY_MACHINE);
    for (const name of ["goodputBitsPerSecond", "rivalGoodputBitsPerSecond"])
      assert.ok((values[name] ?? 0) > 1e5, `${name}: ${values[name]}`);
  });

  it("takes no more than a quarter beside a window of two and a half seconds", async () => {
    const path = await writeStudy("long", studyFile(2.5, "[10ms]", 3));
    const { beside } = await measureMeddled(path, await connect());
    // A machine makes runs late and never early, so the one that it held up least stands for all.
    assert.ok(Math.min(...beside) < 0.25 * patienceMillis(2500), `${beside.map((millis) => millis.toFixed())} ms`);
  });

  it("voids a run whose conditions are broken while it goes on, with the reason, and the next is as it should be", async () => {
    const path = await writeStudy(
      "broken",
      studyFile(WINDOW_SECONDS, "[20ms]", 6).replace("measure.load.users: 4", OPEN),
    );
    const testbed = await connect();
    await using relays = openRelays(testbed.engine);
    const violations = violationsOf({ ...testbed, relays });
    const { runs } = await measureMeddled(path, await connect(), violations);
    const found = runs.slice(0, violations.length).map(({ voidReason }) => voidReason ?? "it counts");
    const unseen = violations.filter(({ reason }, at) => !reason.test(found[at] ?? "")).map(({ name }) => name);
    assert.deepEqual(unseen, [], found.join("\n"));
    const afterwards = runs[violations.length]?.voidReason ?? "";
    assert.match(afterwards, OF_BUSY_MACHINE, "nothing of it stays");
  });
});

async function connect(): Promise<Testbed> {
  return { engine: await connectDocker(), scenario: SCENARIO };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
