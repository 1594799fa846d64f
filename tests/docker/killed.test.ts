// Nothing is lost on SIGKILL: at whatever moment `up` dies, `up` completes it and `down` removes
// it.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { finished, start, topology } from "./cli.ts";
import { execIn, leftovers, nextEvent } from "./engine.ts";
import { down, status, up } from "./testbed.ts";

const SCENARIO = "two-hops";

const OURS = `rttlab.scenario=${SCENARIO}`;

/** Moments of an `up`, as events of Docker; other testbeds have theirs. */
const MOMENTS = {
  "the first network": { type: ["network"], event: ["create"], network: [`rttlab-${SCENARIO}-`] },
  "the first host created": { type: ["container"], event: ["create"], label: [OURS, "rttlab.role=server"] },
  "the first link started": { type: ["container"], event: ["start"], label: [OURS, "rttlab.role=link"] },
  "the first host being wired": { type: ["container"], event: ["start"], label: [OURS, "rttlab.role=wiring"] },
};
type Moment = keyof typeof MOMENTS;

describe("up, killed in the middle", () => {
  afterEach(() => down(SCENARIO)); // a failed one leaves nothing to the next

  for (const moment of Object.keys(MOMENTS) as Moment[]) {
    it(`leaves what down removes after SIGKILL at ${moment}`, async () => {
      await killAt(moment);
      assert.notDeepEqual(await leftovers(SCENARIO), []);
      await topology("down", SCENARIO);
      assert.deepEqual(await leftovers(SCENARIO), []);
    });

    it(`leaves what up completes after SIGKILL at ${moment}`, async () => {
      await killAt(moment);
      await topology("up", SCENARIO, "uncalibrated");
      const { hosts } = await status(SCENARIO);
      assert.ok(hosts.every(({ health }) => health === "healthy"));
      const page = await execIn(`rttlab-${SCENARIO}-load-a`, "curl", "-sSf", "-o", "/dev/null", "http://server/");
      assert.equal(page.exitCode, 0, page.output);
    });
  }

  it("is stopped by Ctrl-C with a word on what to do, and down removes what is there", async () => {
    const child = await upUntil("the first host created");
    const ended = finished(child);
    process.kill(-(child.pid as number), "SIGINT");
    const { exitCode, signal, stderr } = await ended;
    assert.ok(exitCode !== 0 || signal !== null);
    assert.match(stderr, /E_INTERRUPTED.*(up|down)/s);
    await down(SCENARIO);
    assert.deepEqual(await leftovers(SCENARIO), []);
  });
});

describe("down", () => {
  it("works when the scenario's file is gone", async () => {
    const file = join(await mkdtemp(join(tmpdir(), "rttlab-vanishing-")), "vanishing.yaml");
    await writeFile(
      file,
      [
        "title: A scenario whose file goes away",
        "networks: {here: {}}",
        "hosts: {server: {role: server, on: here}}",
        "",
      ].join("\n"),
    );
    try {
      await up(file);
    } finally {
      await rm(dirname(file), { recursive: true });
    }
    await down("vanishing");
    assert.deepEqual(await leftovers("vanishing"), []);
  });
});

/**
 * Starts `up`, waits for the event, and kills its whole process group. Docker may still do what it
 * was asked for last; the start of the next program outlasts that.
 */
async function killAt(moment: Moment): Promise<void> {
  const child = await upUntil(moment);
  const ended = finished(child);
  process.kill(-(child.pid as number), "SIGKILL");
  await ended;
}

/** An `up` that has just made Docker do what `moment` names. */
async function upUntil(moment: Moment): Promise<ChildProcess> {
  using event = await nextEvent(MOMENTS[moment]);
  const child = start(["bin/rttlab", "topology", "up", SCENARIO, "uncalibrated"]);
  const over = finished(child).then(({ stderr }) => assert.fail(`it was over before ${moment}: ${stderr}`));
  over.catch(() => {});
  await Promise.race([event.happened, over]);
  return child;
}
