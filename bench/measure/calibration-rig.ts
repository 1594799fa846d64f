// A testbed of bare links side by side, each between two networks of its own, to be set to anything
// and calibrated.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import { REPOSITORY, topology, topologyJson } from "../../tests/docker/cli.ts";
import { connectDocker, type Engine } from "../../topology/apply/docker.ts";
import { imageTags } from "../../topology/apply/images.ts";
import { requestService } from "../../topology/apply/request.ts";
import { type CalibrationOptions, type CalibrationTarget, calibrateLink } from "../../topology/calibrate/run.ts";

interface Status {
  links: { name: string; between: [string, string]; backend: string; addresses: Record<string, string> }[];
}

export interface Rig extends AsyncDisposable {
  links: readonly string[];
  /** Sets a link; rejects if the link refuses it. */
  set(link: string, settings: LinkSettings): Promise<void>;
  /** Calibrates the link as if it were as `declared`. */
  calibrate(link: string, declared: LinkSettings, options?: CalibrationOptions): Promise<LinkCalibration>;
}

/** Brings `count` links up in a scenario of that name, whose file is written to `folder`. */
export async function bringUp(scenario: string, count: number, folder: string): Promise<Rig> {
  const names = Array.from({ length: count }, (_, at) => `link-${at + 1}`);
  const networks = names.flatMap((_, at) => [`a${at + 1}: {}`, `b${at + 1}: {}`]).join(", ");
  const links = names.map((name, at) => `  ${name}: {between: [a${at + 1}, b${at + 1}]}`).join("\n");
  const file = join(folder, `${scenario}.yaml`);
  const hosts = "  far: {role: loadgen, on: a1}\n";
  await writeFile(file, `title: Links to calibrate\nnetworks: {${networks}}\nhosts:\n${hosts}links:\n${links}\n`);
  await topology("up", file, "uncalibrated", "idle");
  const engine = await connectDocker();
  const { host: image } = await imageTags(REPOSITORY, engine.architecture);
  const status = await topologyJson<Status>("status", scenario);
  const containerOf = (link: string) => `rttlab-${scenario}-${link}`;
  return {
    links: names,
    async set(link, settings) {
      await requestService(engine, containerOf(link), "link.set", { settings });
    },
    calibrate: async (link, declared, options) =>
      calibrateLink(engine, await target(engine, status, scenario, link, image, declared), options),
    async [Symbol.asyncDispose]() {
      await topology("down", scenario);
    },
  };
}

/** With the revision of the settings in force, even if the declared settings differ. */
async function target(
  engine: Engine,
  { links }: Status,
  scenario: string,
  name: string,
  image: string,
  settings: LinkSettings,
): Promise<CalibrationTarget> {
  const link = links.find((each) => each.name === name);
  if (link === undefined) throw new TypeError(`${scenario} has no ${name}`);
  const side = (network: string) => {
    const legAddress = link.addresses[network] ?? "";
    const prefix = legAddress.replace(/\d+$/, "");
    const site = { network, dockerNetwork: `rttlab-${scenario}-${network}`, subnet: `${prefix}0/24` };
    return { ...site, legAddress, gateway: `${prefix}1`, probeAddress: `${prefix}250` };
  };
  const [first, second] = link.between;
  const { revision } = await requestService(engine, `rttlab-${scenario}-${name}`, "link.status", {});
  return {
    revision,
    scenario,
    link: name,
    container: `rttlab-${scenario}-${name}`,
    image,
    backend: link.backend,
    settings,
    sides: [side(first), side(second)],
  };
}
