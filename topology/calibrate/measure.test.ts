// A calibration replayed from what the tools printed in a real one: a User-Mode Linux link of different directions, on a
// machine with nothing else to do. (iperf3's and irtt's JSON are cut to the parts that are read.)

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Check } from "../../lib/results.ts";
import { type LinkUnderTest, measureLink, type Tools } from "./measure.ts";
import type { Undelivered } from "./measurements/conservation.ts";
import recording from "./recorded/asymmetric-link.generated.json" with { type: "json" };
import { describeCalibration, refuseViolations, violations } from "./report.ts";

const test = recording.test as unknown as LinkUnderTest;

/** Answers each command as it was answered then; a command that was not made then, or not there, is an error. */
function replay(change: (stdout: string, command: string) => string = (stdout) => stdout): Tools & { bare: string[] } {
  const runs = [...recording.runs];
  const undelivered = [...recording.undelivered] as unknown as { forward: Undelivered; backward: Undelivered }[];
  const bare: string[] = [];
  let isBare = false;
  return {
    bare,
    async run(container, words) {
      const command = words.join(" ");
      const at = runs.findIndex((run) => run.container === container && run.command === command);
      assert.notEqual(at, -1, `${command} in ${container} is not recorded`);
      const [run] = runs.splice(at, 1);
      if (isBare) bare.push(words[0] ?? "");
      return change(run?.stdout ?? "", command);
    },
    async undelivered() {
      return undelivered.shift() ?? assert.fail("counters were read more often than then");
    },
    async whileBare(work) {
      isBare = true;
      const result = await work();
      isBare = false;
      return result;
    },
    onStep() {},
  };
}

function find(checks: readonly Check[], quantity: string): Check {
  return checks.find((check) => check.quantity === quantity) ?? assert.fail(`there is no ${quantity}`);
}

describe("a calibration", async () => {
  const tools = replay();
  const calibration = await measureLink(test, tools);
  const { forward, backward } = calibration;

  it("measures delay and RTT of the bare path, and nothing else of it", () => {
    assert.deepEqual(tools.bare, ["irtt", "ping"]);
    assert.ok(calibration.base.rttMillis > 0.2 && calibration.base.rttMillis < 0.4);
  });

  it("holds each direction against its own settings", () => {
    assert.deepEqual([find(forward.checks, "delay").configured, find(backward.checks, "delay").configured], [50, 30]);
    assert.deepEqual([find(forward.checks, "rate").configured, find(backward.checks, "rate").configured], [50e6, 20e6]);
    assert.deepEqual([find(forward.checks, "burst").configured, find(backward.checks, "burst").configured], [330, 200]);
    for (const quantity of ["delay", "loss", "rate", "burst", "conservation", "missed"]) {
      assert.equal(find(forward.checks, quantity).verdict, "within", `forward ${quantity}`);
      assert.equal(find(backward.checks, quantity).verdict, "within", `backward ${quantity}`);
    }
    assert.equal(find(calibration.checks, "RTT").verdict, "within");
    assert.equal(find(calibration.checks, "largest packet").measured, 1500);
    assert.equal(calibration.verdict, "within");
  });

  it("says how busy the machine was", () => {
    assert.equal(calibration.machineBusyRatio.toFixed(2), "0.36");
    assert.match(describeCalibration(calibration), /^asym: left - right, uml, .*machine 36 % busy$/m);
  });

  it("is described in a line a check", () => {
    const text = describeCalibration(calibration);
    assert.match(text, /^ {2}forward {3}delay +50 ms +50\.47 ms +50\.33 ms +± 0\.5 ms {2}within$/m);
    assert.match(text, /^ {2}backward {2}burst +200 packets +417 packets +417 packets +± 13 packets {2}within$/m);
  });

  it("passes where nothing is outside", () => {
    refuseViolations([calibration]);
  });
});

describe("a link that is not as configured", () => {
  it("is refused with a problem for each violation, which names direction, measured and configured", async () => {
    const tools = replay((stdout, command) => {
      if (command.includes("--wait=180ms")) return slower(stdout, 3e6);
      return command.includes("-b 22110553") ? stdout.replaceAll(/"bytes":(\d+)/g, faster) : stdout;
    });
    const calibration = await measureLink(test, tools);
    assert.deepEqual(
      violations(calibration).map(({ path }) => path),
      ["asym forward delay", "asym backward rate"],
    );
    assert.throws(() => refuseViolations([calibration]), {
      code: "E_LINK_TOLERANCE",
      message: "calibrating links: 2 of 14 checks are out of tolerance",
    });
    assert.throws(() => refuseViolations([{ ...calibration, machineBusyRatio: 0.97 }]), {
      message: /the machine was 97 % busy: try again when it is not$/,
    });
    const [delay] = violations(calibration);
    assert.equal(delay?.message, "53.47 ms, configured 50 ms");
    assert.match(delay?.allowed ?? "", /^50\.33 ms ± 0\.5 ms; /);
  });
});

/** irtt's report of a link whose forward direction takes so much longer. */
function slower(json: string, nanoseconds: number): string {
  const report = JSON.parse(json);
  report.stats.send_delay.median += nanoseconds;
  return JSON.stringify(report);
}

/** Five percent more. */
function faster(_: string, bytes: string): string {
  return `"bytes":${Number(bytes) * 1.05}`;
}
