// Applies settings to a link: change or build, read back, compare. A stage is changed in place only
// where all its options are given again, because a netem keeps those that are not.

import { randomInt } from "node:crypto";
import { RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import {
  changeStages,
  DIRECTIONS,
  type DirectionName,
  directionSeeds,
  type LinkSettings,
  MAX_SEED,
  removeCommands,
  rttMillis,
  type StageName,
  type Stages,
  stagesOf,
} from "../../lib/link/link.ts";
import type { Backend } from "./backend.ts";
import { heldIn, readQdiscs } from "./counters.ts";
import { withTableFiles } from "./jitter-tables.ts";
import { differences } from "./readback.ts";
import { hasIngress, type QdiscReport, redirectTargets } from "./tc-report.ts";

/** Settings under which no qdisc is built. */
export const BARE: LinkSettings = { forward: { ...UNIMPAIRED }, backward: { ...UNIMPAIRED }, seed: null };

/** Whether netem takes a seed here, as kernels do since 6.6. Tried on a link without qdiscs. */
export async function takesSeed({ tc, devices }: Backend): Promise<boolean> {
  const root = ["dev", devices.forward.ifb, "root"];
  await tc([["qdisc", "add", ...root, "netem", "delay", "1us", "seed", "1"]]).catch(() => {}); // it takes none
  const [said = ""] = await tc([["qdisc", "show"]]);
  await tc([["qdisc", "del", ...root]]).catch(() => {});
  return said.includes('"seed":1,');
}

/** The stages of both directions. */
export type LinkStages = Readonly<Record<DirectionName, Stages>>;

export interface Applied {
  /** null: the kernel takes none. */
  seed: number | null;
  stages: LinkStages;
  /** Packets of the stages that were built anew. */
  discardedPackets: Record<DirectionName, number>;
}

/**
 * Makes the link so. `before`: what it is; null: unknown, so everything is taken down first. Throws
 * E_LINK_COMMAND when tc refuses, E_LINK_READBACK with each difference between the kernel's result
 * and the settings.
 */
export async function applySettings(
  backend: Backend,
  settings: LinkSettings,
  seedable: boolean,
  before: LinkStages | null = null,
): Promise<Applied> {
  try {
    return await applyOnce(backend, settings, seedable, before);
  } catch (error) {
    if ((error as RttlabError).code !== "E_LINK_SILENT") throw error;
    return await applyOnce(backend, settings, seedable, null); // whatever has been done of it
  }
}

async function applyOnce(
  backend: Backend,
  settings: LinkSettings,
  seedable: boolean,
  before: LinkStages | null,
): Promise<Applied> {
  const seed = seedable ? (settings.seed ?? randomInt(1, MAX_SEED)) : null;
  const stages = stagesWith(settings, seed);
  const removals = before === null ? DIRECTIONS.flatMap((name) => removeCommands(backend.devices[name])) : [];
  for (const removal of removals) await backend.tc([removal]).catch(() => {}); // what is not there
  const discardedPackets = await changeLinkStages(backend, before ?? stagesWith(BARE, null), stages, settings);
  return { seed, stages, discardedPackets };
}

/**
 * Turns a link's stages into others and reads them back; resolves to the packets of those that were
 * built anew. `settings` have the tables of jitter. Throws as applySettings does.
 */
export async function changeLinkStages(
  backend: Backend,
  from: LinkStages,
  stages: LinkStages,
  settings: LinkSettings,
): Promise<Applied["discardedPackets"]> {
  const { tc, devices } = backend;
  const changes = DIRECTIONS.map((name) => changeStages(from[name], stages[name], devices[name]));
  const commands = changes.flatMap((change) => change.commands);
  const discardedPackets = await heldBefore(backend, changes);
  await withTableFiles([settings], () => tc(commands));
  const found = await readBack(backend, stages, await readQdiscs(backend));
  if (found.length > 0) throw new RttlabError("E_LINK_READBACK", `building the link: ${found.join("; ")}`);
  return discardedPackets;
}

/** The packets in the stages that these changes, one of each direction, build anew. */
async function heldBefore(
  backend: Backend,
  changes: readonly { rebuilt: readonly StageName[] }[],
): Promise<Applied["discardedPackets"]> {
  const isAny = changes.some(({ rebuilt }) => rebuilt.length > 0);
  const qdiscs = isAny ? await readQdiscs(backend) : [];
  const [forward = 0, backward = 0] = DIRECTIONS.map((name, index) => {
    const { propagating, queued } = heldIn(qdiscs, backend.devices[name]);
    const held = { propagation: propagating.packets, transmission: queued.packets };
    return (changes[index]?.rebuilt ?? []).reduce((sum, stage) => sum + held[stage], 0);
  });
  return { forward, backward };
}

/** Each difference between the kernel's qdiscs and these stages, in one line. */
export async function differencesFrom(
  backend: Backend,
  stages: LinkStages,
  reading = readQdiscs(backend),
): Promise<string[]> {
  return readBack(backend, stages, await reading);
}

/** `driven`: the directions whose rate a timeline drives. */
export function stagesWith(
  settings: LinkSettings,
  seed: number | null,
  driven: readonly DirectionName[] = [],
): LinkStages {
  const seeds = seed === null ? { forward: null, backward: null } : directionSeeds(seed);
  const rtt = rttMillis(settings);
  return {
    forward: stagesOf(settings.forward, rtt, seeds.forward, driven.includes("forward")),
    backward: stagesOf(settings.backward, rtt, seeds.backward, driven.includes("backward")),
  };
}

async function readBack(backend: Backend, stages: LinkStages, qdiscs: readonly QdiscReport[]): Promise<string[]> {
  const ingresses = DIRECTIONS.map((name) => backend.devices[name].ingress).filter((at) => hasIngress(qdiscs, at));
  const filters = await backend.tc(ingresses.map((at) => ["filter", "show", "dev", at, "parent", "ffff:"]));
  const redirects = ingresses.map((at, index) => [at, redirectTargets(filters[index] ?? "")]);
  return differences(stages, backend.devices, qdiscs, Object.fromEntries(redirects));
}
