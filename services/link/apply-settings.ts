// Applies settings to a link: take down, build, read back, compare. `tc qdisc replace` is never
// used, because it changes an existing netem and keeps options that are not given.

import { randomInt } from "node:crypto";
import { RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import {
  buildCommands,
  DIRECTIONS,
  type DirectionName,
  directionSeeds,
  type LinkSettings,
  MAX_SEED,
  removeCommands,
  rttMillis,
  type Stages,
  stagesOf,
} from "../../lib/link/link.ts";
import type { Backend } from "./backend.ts";
import { runBatch, tryBatch } from "./batch.ts";
import { differences } from "./readback.ts";
import { hasIngress, parseQdiscs, redirectTargets } from "./tc-report.ts";

/** Settings under which no qdisc is built. */
export const BARE: LinkSettings = { forward: { ...UNIMPAIRED }, backward: { ...UNIMPAIRED }, seed: null };

/** Whether netem takes a seed here, as kernels do since 6.6. Tried on a link without qdiscs. */
export async function takesSeed({ run, devices }: Backend): Promise<boolean> {
  const { ifb } = devices.forward;
  const trial = run("tc", "qdisc", "add", "dev", ifb, "root", "netem", "delay", "1us", "seed", "1");
  const taken = await trial.then(
    () => true,
    () => false,
  );
  const said = await run("tc", "-j", "qdisc", "show", "dev", ifb, "root");
  await run("tc", "qdisc", "del", "dev", ifb, "root").catch(() => {});
  return taken && said.includes('"seed":1');
}

/**
 * Builds the link anew; resolves to the seed in use, null if the kernel takes none. Packets under
 * way are lost. Throws E_LINK_COMMAND when tc refuses, E_LINK_READBACK with each difference between
 * the kernel's result and the settings.
 */
export async function applySettings(
  backend: Backend,
  settings: LinkSettings,
  seedable: boolean,
): Promise<number | null> {
  const seed = seedable ? (settings.seed ?? randomInt(1, MAX_SEED)) : null;
  const { run, devices } = backend;
  const remove = DIRECTIONS.flatMap((name) => removeCommands(devices[name]));
  const stages = stagesWith(settings, seed);
  const build = DIRECTIONS.flatMap((name) => buildCommands(stages[name], devices[name]));
  await tryBatch(run, "tc", remove);
  await runBatch(run, "tc", build);
  const found = await readBack(backend, stages);
  if (found.length > 0) throw new RttlabError("E_LINK_READBACK", `building the link: ${found.join("; ")}`);
  return seed;
}

/** Each difference between the kernel's qdiscs and these settings, in one line. */
export async function differencesFrom(
  backend: Backend,
  settings: LinkSettings,
  seed: number | null,
): Promise<string[]> {
  return readBack(backend, stagesWith(settings, seed));
}

function stagesWith(settings: LinkSettings, seed: number | null): Record<DirectionName, Stages> {
  const seeds = seed === null ? { forward: null, backward: null } : directionSeeds(seed);
  const rtt = rttMillis(settings);
  return {
    forward: stagesOf(settings.forward, rtt, seeds.forward),
    backward: stagesOf(settings.backward, rtt, seeds.backward),
  };
}

async function readBack(backend: Backend, stages: Record<DirectionName, Stages>): Promise<string[]> {
  const qdiscs = parseQdiscs(await backend.run("tc", "-s", "-j", "qdisc", "show"));
  const redirects: Record<string, string[]> = {};
  for (const { ingress } of DIRECTIONS.map((name) => backend.devices[name])) {
    if (!hasIngress(qdiscs, ingress)) continue;
    const shown = await backend.run("tc", "-j", "filter", "show", "dev", ingress, "parent", "ffff:");
    redirects[ingress] = redirectTargets(shown);
  }
  return differences(stages, backend.devices, qdiscs, redirects);
}
