// Measures the links of a testbed that is up against their settings, several at once as far as the
// machine carries them.

import type { LinkCalibration } from "../../lib/contract/calibration.ts";
import type { LinkState } from "../../lib/contract/link.ts";
import { RttlabError } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { isAddressTaken } from "../apply/container.ts";
import type { Engine } from "../apply/docker.ts";
import { imageOf } from "../apply/image-of.ts";
import { imageTags, presentImages } from "../apply/images.ts";
import { observeTestbeds } from "../apply/observe.ts";
import { requestService } from "../apply/request.ts";
import { whileCalibrating, whileQuiet } from "../calibrate/hold.ts";
import { freeAddress, type Side } from "../calibrate/probe.ts";
import { type CalibrationTarget, calibrateLink } from "../calibrate/run.ts";
import { shareMachine } from "../calibrate/share.ts";
import { GATEWAY_OFFSET } from "../model/capacity.ts";
import { addressAt, parseSubnet, type Subnet } from "../model/subnet.ts";
import { dockerName, memberOf, recordName } from "../plan/names.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { hostRolesWhere } from "../roles/table.ts";
import { upLine, wordOf } from "./advice.ts";
import { ROOT } from "./perform.ts";
import { type ProbePlace, shareAddresses } from "./probe-addresses.ts";
import type { Progress } from "./progress.ts";
import { membersOf } from "./targets.ts";
import type { Testbed } from "./testbed.ts";

type Testbeds = Pick<Observed, "containers" | "networks">;

export interface Calibrations {
  calibrations: LinkCalibration[];
  /** Links whose settings were changed meanwhile; they have no result. */
  changed: string[];
}

/** More probes than these start no sooner together. */
const LINKS_AT_ONCE = 4;

/** Measures the named links of a scenario that is up, or every one. */
export async function calibrateLinks(
  engine: Engine,
  scenario: string,
  names: readonly string[],
  progress: Progress,
  isThorough = false,
): Promise<Calibrations> {
  const testbeds = await observeTestbeds(engine);
  const image = await helperImage(engine, testbeds, scenario);
  const chosen = chooseLinks(testbeds, scenario, names);
  const [share, measured] = [shareMachine(), new Map<ObservedContainer, LinkCalibration>()];
  const withAddresses = shareAddresses();
  const isTaken = (network: string, address: string) => isAddressTaken(engine, { network, address });
  const calibrateOne = async (link: ObservedContainer, areQuiet: Promise<unknown>, end: AbortSignal) => {
    const name = nameOf(link);
    const onStep = (step: string) => progress(`calibrating ${name}: ${step}`);
    const onWaiting = () => progress(`calibrating ${name}: waiting for another calibration or a timeline of it`, true);
    const calibration = await whileCalibrating(engine, link.name, { onWaiting, signal: end }, async (change) => {
      const state = await requestService(engine, link.name, "link.status", {});
      const places = state.legs.map(({ network }) => placeOf(scenario, network, testbeds));
      const signal = AbortSignal.any([end, change]);
      const options = { onStep, share, areQuiet, links: chosen.length, thorough: isThorough, signal };
      return withAddresses(places, isTaken, (addresses) =>
        calibrateLink(engine, calibrationTarget(scenario, link, state, { image, places, addresses }), options),
      );
    });
    measured.set(link, calibration);
  };
  await interruptible((end, interrupt) =>
    whileQuiet(engine, thoseWithBackground(testbeds, scenario), async (areQuiet) => {
      const left = [...chosen];
      const lane = async () => {
        for (let link = left.shift(); link !== undefined; link = left.shift()) {
          await calibrateOne(link, areQuiet, end).catch(unlessChanged);
        }
      };
      await allOrNone(Array.from({ length: LINKS_AT_ONCE }, lane), interrupt);
    }),
  );
  const calibrations = chosen.flatMap((link) => measured.get(link) ?? []);
  return { calibrations, changed: chosen.filter((link) => !measured.has(link)).map(nameOf) };
}

/**
 * A link as it is now, for calibrateLink (calibrate/run.ts); other declared settings would measure
 * a lie.
 */
export async function targetOf({ engine, scenario }: Testbed, name: string): Promise<CalibrationTarget> {
  const testbeds = await observeTestbeds(engine);
  const [link] = chooseLinks(testbeds, scenario, [name]) as [ObservedContainer];
  const state = await requestService(engine, link.name, "link.status", {});
  const places = state.legs.map(({ network }) => placeOf(scenario, network, testbeds));
  const addresses = places.map(({ subnet, taken }) => freeAddress(subnet, taken));
  const image = await helperImage(engine, testbeds, scenario);
  return calibrationTarget(scenario, link, state, { image, places, addresses });
}

/**
 * Rejects as the first of them that fails does, once all have ended, for which the rest are
 * interrupted.
 */
async function allOrNone(all: readonly Promise<void>[], interrupt: () => void): Promise<void> {
  try {
    await Promise.all(all);
  } catch (error) {
    interrupt();
    await Promise.allSettled(all);
    throw error;
  }
}

function unlessChanged(error: RttlabError): void {
  if (error.code !== "E_LINK_CHANGED") throw error;
}

/** Throws E_LINK_CHANGED that names the links. */
export function refuseChanges(changed: readonly string[]): void {
  if (changed.length === 0) return;
  const reason = "settings were changed meanwhile, so there is no result; `topology calibrate` measures anew";
  throw new RttlabError("E_LINK_CHANGED", `calibrating ${changed.join(", ")}: ${reason}`);
}

/**
 * The image of the helpers that set the scenario's network up, because the files may have changed
 * since; without any, that of the current files.
 */
async function helperImage(engine: Engine, testbeds: Testbeds, scenario: string): Promise<string> {
  const record = testbeds.containers.find(({ name }) => name === recordName(scenario));
  if (record !== undefined) return imageOf(engine, record.name);
  const { host: tag } = await imageTags(ROOT, engine.architecture);
  if ((await presentImages(engine)).includes(tag)) return tag;
  throw new RttlabError(
    "E_IMAGE_MISSING",
    `starting probes: there is no image ${tag} of the files as they are; ${upLine(wordOf(scenario, testbeds.networks))} builds it`,
  );
}

/** The running hosts whose background load must be quiet meanwhile. */
function thoseWithBackground(testbeds: Testbeds, scenario: string): string[] {
  return membersOf(
    testbeds,
    scenario,
    hostRolesWhere(({ background }) => background !== null),
  )
    .filter(({ state }) => state === "running")
    .map(({ name }) => name);
}

function chooseLinks(testbeds: Testbeds, scenario: string, names: readonly string[]): ObservedContainer[] {
  const links = membersOf(testbeds, scenario, ["link"]);
  const known = links.map(nameOf);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RttlabError(
      "E_USAGE",
      `calibrating ${unknown.join(", ")}: ${scenario} has no such link (it has ${known.join(", ")})`,
    );
  }
  return links.filter((_, index) => names.length === 0 || names.includes(known[index] ?? ""));
}

function nameOf({ labels }: ObservedContainer): string {
  return memberOf(labels) ?? "";
}

interface Probes {
  image: string;
  /** On the first network of the link and on the second. */
  places: readonly ProbePlace[];
  addresses: readonly string[];
}

function calibrationTarget(
  scenario: string,
  link: ObservedContainer,
  { backend, settings, revision, legs }: LinkState,
  { image, places, addresses }: Probes,
): CalibrationTarget {
  const [first, second] = legs.map(({ network, address: legAddress }, at): Side => {
    const { dockerNetwork, subnet } = places[at] as ProbePlace;
    const gateway = addressAt(parseSubnet(subnet) as Subnet, GATEWAY_OFFSET);
    return { network, dockerNetwork, subnet, legAddress, probeAddress: addresses[at] as string, gateway };
  });
  return {
    scenario,
    link: nameOf(link),
    container: link.name,
    image,
    backend,
    settings,
    revision,
    sides: [first as Side, second as Side],
  };
}

/** Throws E_NO_NETWORK. */
function placeOf(scenario: string, network: string, { containers, networks }: Testbeds): ProbePlace {
  const dockerNetwork = dockerName(scenario, network);
  const { subnet = "" } = networks.find(({ name }) => name === dockerNetwork) ?? {};
  if (parseSubnet(subnet) === undefined) throw new RttlabError("E_NO_NETWORK", `finding ${dockerNetwork}: it is gone`);
  return { dockerNetwork, subnet, taken: containers.map(({ addresses }) => addresses[dockerNetwork] ?? "") };
}
