// A measurement of calibration, seen among the checks that echoes give.

import assert from "node:assert/strict";
import { type Addition, load } from "./addition.ts";

export const measurement: Addition = {
  what: "measurement of calibration",
  file: {
    path: "topology/calibrate/measurements/spread.ts",
    text: `// How far one-way delays spread: stated, not judged.

import type { Check } from "../../../lib/contract/calibration.ts";
import { unjudged } from "../check.ts";
import type { EchoFacts } from "./facts.ts";

export function checkSpread({ delay }: EchoFacts): Check[] {
  const measured = delay?.decilesMillis ?? null;
  return [unjudged({ quantity: "spread", unit: "ms", configured: null, measured, note: "nothing is set" })];
}
`,
  },
  line: {
    in: "topology/calibrate/measurements/table.ts",
    import: 'import { checkSpread } from "./spread.ts";',
    after: "= [checkDelay, checkJitter",
    text: ", checkSpread",
  },
  async works(root) {
    const { checksOfEchoes } = await load(root, "topology/calibrate/measurements/table.ts");
    const { UNIMPAIRED } = await load(root, "lib/link/direction.ts");
    const delay = { millis: 0.2, spreadMillis: 0.1, decilesMillis: 0.3, samples: 30, times: [] };
    const checks = checksOfEchoes({ direction: UNIMPAIRED, delay, base: delay, sendingMillis: 0 });
    const [spread] = checks.filter(({ quantity }: { quantity: string }) => quantity === "spread");
    assert.equal(spread?.measured, 0.3);
  },
};
