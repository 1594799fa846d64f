// A testbed of bare links side by side, each between two networks of its own, to be set to anything
// and calibrated.

import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { type CalibrationOptions, calibrateLink } from "../../topology/calibrate/run.ts";
import { shareMachine } from "../../topology/calibrate/share.ts";
import { parseScenario } from "../../topology/model/scenario.ts";
import { targetOf } from "../../topology/testbed/calibrate.ts";
import { request } from "../../topology/testbed/testbed.ts";
import { useTestbed } from "../../topology/testbed/use.ts";

export interface Rig extends AsyncDisposable {
  links: readonly string[];
  /** Sets a link; rejects if the link refuses it. */
  set(link: string, settings: LinkSettings): Promise<void>;
  /** Calibrates the link as if it were as `declared`. */
  calibrate(link: string, declared: LinkSettings, options?: CalibrationOptions): Promise<LinkCalibration>;
}

/** Brings `count` links up in a scenario of that name. */
export async function bringUp(scenario: string, count: number): Promise<Rig> {
  const names = Array.from({ length: count }, (_, at) => `link-${at + 1}`);
  const networks = names.flatMap((_, at) => [`a${at + 1}: {}`, `b${at + 1}: {}`]).join(", ");
  const links = names.map((name, at) => `  ${name}: {between: [a${at + 1}, b${at + 1}]}`).join("\n");
  const hosts = "  far: {role: loadgen, on: a1}\n";
  const text = `title: Links to calibrate\nnetworks: {${networks}}\nhosts:\n${hosts}links:\n${links}\n`;
  const testbed = await useTestbed(await connectDocker(), parseScenario(scenario, text), { background: false });
  const share = shareMachine();
  return {
    links: names,
    set: async (link, settings) => void (await request(testbed, link, "link.set", { settings })),
    async calibrate(link, settings, options) {
      return calibrateLink(testbed.engine, { ...(await targetOf(testbed, link)), settings }, { share, ...options });
    },
    [Symbol.asyncDispose]: () => testbed[Symbol.asyncDispose](),
  };
}
