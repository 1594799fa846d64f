// A study in the test's own process, so that its runs can be meddled with and timed.

import { connectBed } from "../../study/connect-bed.ts";
import { expand } from "../../study/expand.ts";
import { loadStudy } from "../../study/files.ts";
import { runStudy } from "../../study/run.ts";
import { openHostShells } from "../../topology/apply/host-shells.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import type { Testbed } from "../../topology/testbed/testbed.ts";
import type { End } from "./meddle.ts";
import type { Violation } from "./violations.ts";

/**
 * Runs a study on the testbed that is up; each of the first runs meets a violation. `beside`: what
 * each run took beside its window and its wait for a machine that others kept busy.
 */
export async function measureMeddled(path: string, testbed: Testbed, violations: readonly Violation[] = []) {
  const { study, topology: wanted } = await loadStudy(path);
  await using relays = openRelays(testbed.engine);
  await using shells = openHostShells(testbed.engine);
  const real = await connectBed({ ...testbed, relays, shells }, ["wan"], { tuned: [], traced: [], anyHost: "server" });
  let looks = 0;
  let end: End | null = null;
  const endIt = async () => {
    await end?.();
    end = null;
  };
  /** Each run looks twice. */
  const violate = async (when: Violation["when"], run: number) => {
    const violation = violations[run];
    if (violation?.when === when && end === null) end = await violation.begin();
  };
  const bed: typeof real = {
    ...real,
    async lookAtUse() {
      await violate("first", looks / 2);
      return real.lookAtUse();
    },
    async look(measured) {
      const isFirst = looks % 2 === 0;
      if (!isFirst && violations[(looks - 1) / 2]?.isShort === true) await endIt();
      if (isFirst) await violate("early", looks / 2);
      looks += 1;
      const seen = await real.look(measured);
      if (!isFirst) await endIt();
      return seen;
    },
    async measure(host, operation, asked, signal) {
      await violate("amid", (looks - 1) / 2);
      return real.measure(host, operation, asked, signal);
    },
  };
  const whole: number[] = [];
  let last = performance.now();
  const cells = expand(study);
  const runs = await runStudy({ study, topology: wanted, cells }, bed, [], {
    async write({ values }) {
      const waitedMillis = 1000 * (values.waitedSeconds ?? 0);
      whole.push(performance.now() - last - waitedMillis);
      last = performance.now();
    },
    onProgress() {},
    signal: new AbortController().signal,
  });
  const windowMillis = 1000 * Number(cells[0]?.settings["measure.load.seconds"]);
  return { runs, beside: whole.map((millis) => millis - windowMillis) };
}
