// `topology calibrate [SCENARIO] [LINK…] [thorough]`: measures running links against their settings; exit 4 when one is out
// of tolerance. `up` does the same at its end. Thorough: takes the samples that need minutes, too.

import { EXIT, RttlabError } from "../../lib/errors.ts";
import type { LinkCalibration } from "../../lib/results.ts";
import { imageOf } from "../apply/container.ts";
import { connectDocker, type Engine } from "../apply/docker.ts";
import { imageTags, presentImages } from "../apply/images.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { whileQuiet } from "../calibrate/hold.ts";
import { freeAddress, type Side } from "../calibrate/probe.ts";
import { describeCalibration, refuseViolations } from "../calibrate/report.ts";
import { type CalibrationTarget, calibrateLink } from "../calibrate/run.ts";
import { GATEWAY_OFFSET } from "../model/capacity.ts";
import { addressAt, parseSubnet } from "../model/subnet.ts";
import { dockerName } from "../plan/names.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { type LinkState, readLink } from "./link-state.ts";
import type { Output } from "./output.ts";
import { ROOT } from "./perform.ts";
import { chooseScenario, HOST_ROLES, membersOf, scenariosUp } from "./targets.ts";

type Testbeds = Pick<Observed, "containers" | "networks">;

const THOROUGH = "thorough";

export async function calibrate(words: string[], output: Output): Promise<number> {
  const engine = await connectDocker();
  const testbeds = await observeTestbeds(engine);
  const isThorough = words.includes(THOROUGH);
  const names = words.filter((word) => word !== THOROUGH);
  const [first = ""] = names;
  const isNamed = scenariosUp(testbeds).includes(first);
  const scenario = chooseScenario(testbeds, isNamed ? first : undefined);
  const chosen = isNamed ? names.slice(1) : names;
  const calibrations = await calibrateLinks(engine, scenario, chosen, output, isThorough);
  output.result({ scenario, calibrations }, () => describeCalibrations(calibrations));
  refuseViolations(calibrations);
  return EXIT.done;
}

/** Measures the named links of a scenario that is up, or every one, one after another: the machine is the instrument. */
export async function calibrateLinks(
  engine: Engine,
  scenario: string,
  names: readonly string[],
  output: Output,
  isThorough = false,
): Promise<LinkCalibration[]> {
  const testbeds = await observeTestbeds(engine);
  const image = await hostImage(engine, testbeds, scenario);
  const calibrations: LinkCalibration[] = [];
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  try {
    await whileQuiet(engine, thoseWithBackground(testbeds, scenario), async () => {
      const chosen = chooseLinks(testbeds, scenario, names);
      for (const link of chosen) {
        const name = link.labels["rttlab.name"] ?? "";
        const target = calibrationTarget(scenario, link, await readLink(engine, link.name), testbeds, image);
        const onStep = (step: string) => output.progress(`calibrating ${name}: ${step}`);
        const family = { links: chosen.length, thorough: isThorough };
        calibrations.push(await calibrateLink(engine, target, { onStep, signal: interruption.signal, ...family }));
      }
    });
    return calibrations;
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

export function describeCalibrations(calibrations: readonly LinkCalibration[]): string {
  return calibrations.length === 0 ? "no links to measure" : calibrations.map(describeCalibration).join("\n");
}

/** The image of the scenario's own hosts, for the files may have changed since; of the files as they are where it has none. */
async function hostImage(engine: Engine, testbeds: Testbeds, scenario: string): Promise<string> {
  const [host] = membersOf(testbeds, scenario, HOST_ROLES);
  if (host !== undefined) return imageOf(engine, host.name);
  const { host: tag } = await imageTags(ROOT, engine.architecture);
  if ((await presentImages(engine)).includes(tag)) return tag;
  throw new RttlabError(
    "E_IMAGE_MISSING",
    `starting probes: there is no image ${tag} of the files as they are; \`topology up\` builds it`,
  );
}

/** Those that run; their background load is to be quiet meanwhile. */
function thoseWithBackground(testbeds: Testbeds, scenario: string): string[] {
  return membersOf(testbeds, scenario, ["loadgen", "rudp"])
    .filter(({ state }) => state === "running")
    .map(({ name }) => name);
}

function chooseLinks(testbeds: Testbeds, scenario: string, names: readonly string[]): ObservedContainer[] {
  const links = membersOf(testbeds, scenario, ["link"]);
  const known = links.map(({ labels }) => labels["rttlab.name"] ?? "");
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RttlabError(
      "E_USAGE",
      `calibrating ${unknown.join(", ")}: ${scenario} has no such link (it has ${known.join(", ")})`,
    );
  }
  return links.filter((_, index) => names.length === 0 || names.includes(known[index] ?? ""));
}

function calibrationTarget(
  scenario: string,
  link: ObservedContainer,
  { backend, settings, legs }: LinkState,
  testbeds: Testbeds,
  image: string,
): CalibrationTarget {
  const [first, second] = legs.map(({ network, address }) => side(scenario, network, address, testbeds));
  return {
    ...{ scenario, link: link.labels["rttlab.name"] ?? "", container: link.name, image, backend, settings },
    sides: [first as Side, second as Side],
  };
}

function side(scenario: string, network: string, legAddress: string, { containers, networks }: Testbeds): Side {
  const dockerNetwork = dockerName(scenario, network);
  const { subnet = "" } = networks.find(({ name }) => name === dockerNetwork) ?? {};
  const parsed = parseSubnet(subnet);
  if (parsed === undefined) throw new RttlabError("E_NO_NETWORK", `finding ${dockerNetwork}: it is gone`);
  const taken = containers.map(({ addresses }) => addresses[dockerNetwork] ?? "");
  return {
    ...{ network, dockerNetwork, subnet, legAddress },
    gateway: addressAt(parsed, GATEWAY_OFFSET),
    probeAddress: freeAddress(subnet, taken),
  };
}
