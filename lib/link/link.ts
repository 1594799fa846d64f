// A link as data, and the tc commands that make it. They are the same in the kernel and in the
// User-Mode Linux guest. Each direction has two stages:
//
//   ingress of one leg --redirect--> ifb: delay, jitter, loss          (propagation.ts)
//                      --forward---> egress of the other leg: rate, declared queue
//                                                                      (transmission.ts)
//
// A stage that would do nothing is not built.

import type { Direction } from "./direction.ts";
import { lossFacts } from "./loss-chain.ts";
import { propagation } from "./propagation.ts";
import { addCommands, changeCommands, type Qdisc } from "./qdisc.ts";
import { transmission } from "./transmission.ts";

export const DIRECTIONS = ["forward", "backward"] as const;
export type DirectionName = (typeof DIRECTIONS)[number];

/**
 * The effect of a link on packets. Forward is from the first network of `between` to the second.
 */
export interface LinkSettings {
  forward: Direction;
  backward: Direction;
  /**
   * Seed of netem's random numbers, 1 to MAX_SEED; null: a fresh one each time the settings are
   * applied.
   */
  seed: number | null;
}

export const MAX_SEED = 2 ** 32 - 1;

/** A partial change of settings; omitted ones stay. */
export interface LinkChange {
  forward?: Partial<Direction>;
  backward?: Partial<Direction>;
  seed?: number | null;
}

/** The settings after the change. */
export function changedSettings(current: LinkSettings, change: LinkChange): LinkSettings {
  return {
    forward: { ...current.forward, ...change.forward },
    backward: { ...current.backward, ...change.backward },
    seed: change.seed === undefined ? current.seed : change.seed,
  };
}

/** The devices of one direction inside the link. */
export interface DirectionDevices {
  ingress: string;
  ifb: string;
  egress: string;
}

/** Both stages of a direction; null for a stage that does nothing. */
export interface Stages {
  propagation: Qdisc | null;
  transmission: Qdisc | null;
}

/** Round-trip propagation delay of a link. */
export function rttMillis({ forward, backward }: LinkSettings): number {
  return forward.delayMillis + backward.delayMillis;
}

/** Whether the seed decides about any packet: netem draws slots from the kernel's own chance. */
export function hasChance(settings: LinkSettings): boolean {
  return DIRECTIONS.some((name) => {
    const direction = settings[name];
    const { jitterMillis, reorderingRatio, duplicationRatio, corruptionRatio } = direction;
    if (direction.state === "down") return false;
    return (
      jitterMillis > 0 || reorderingRatio + duplicationRatio + corruptionRatio + lossFacts(direction).meanRatio > 0
    );
  });
}

/** Every netem gets `seed`; null omits it. `isDriven`: a timeline drives the rate. */
export function stagesOf(direction: Direction, linkRttMillis: number, seed: number | null, isDriven = false): Stages {
  return {
    propagation: propagation(direction, seed),
    transmission: transmission(direction, linkRttMillis, seed, isDriven),
  };
}

/**
 * The arguments of each `tc` call that builds one direction on devices without qdiscs. Only IPv4 is
 * redirected, because ARP belongs to a segment and not to the way between two.
 */
export function buildCommands(stages: Stages, { ingress, ifb, egress }: DirectionDevices): string[][] {
  const redirect = `u32 match u32 0 0 action mirred egress redirect dev ${ifb}`;
  const onTheWay =
    stages.propagation === null
      ? []
      : [
          ...addCommands(ifb, stages.propagation),
          words(`qdisc add dev ${ingress} handle ffff: ingress`),
          words(`filter add dev ${ingress} parent ffff: protocol ip ${redirect}`),
        ];
  return [...onTheWay, ...(stages.transmission === null ? [] : addCommands(egress, stages.transmission))];
}

/**
 * The arguments of each `tc` call that takes a direction down. A call for a missing stage fails,
 * which is allowed.
 */
export function removeCommands(devices: DirectionDevices): string[][] {
  return [...removalOf("propagation", devices), ...removalOf("transmission", devices)];
}

export type StageName = keyof Stages;

/**
 * The arguments of each `tc` call that turns one direction's stages into others, and which of them
 * are built anew, so that their packets are lost. Qdiscs that can be changed in place are. The very
 * same stage is left alone; one that is only like it is given its values again.
 */
export function changeStages(
  from: Stages,
  to: Stages,
  devices: DirectionDevices,
): { commands: string[][]; rebuilt: StageName[] } {
  const changes = (["propagation", "transmission"] as const).map((stage) => {
    const [before, after] = [from[stage], to[stage]];
    const device = stage === "propagation" ? devices.ifb : devices.egress;
    const inPlace = before === null || after === null ? undefined : changeCommands(device, before, after);
    if (before === after) return { commands: [], rebuilt: [] };
    if (inPlace !== undefined) return { commands: inPlace, rebuilt: [] };
    const alone = (stages: Stages) => ({ propagation: null, transmission: null, [stage]: stages[stage] });
    const taken = before === null ? [] : removalOf(stage, devices);
    return { commands: [...taken, ...buildCommands(alone(to), devices)], rebuilt: [stage] };
  });
  return {
    commands: changes.flatMap(({ commands }) => commands),
    rebuilt: changes.flatMap(({ rebuilt }) => rebuilt),
  };
}

function removalOf(stage: StageName, { ingress, ifb, egress }: DirectionDevices): string[][] {
  const lines = {
    propagation: [`qdisc del dev ${ingress} ingress`, `qdisc del dev ${ifb} root`],
    transmission: [`qdisc del dev ${egress} root`],
  };
  return lines[stage].map(words);
}

/**
 * A seed for each direction: with one seed for both, the same packets would be lost both ways. The
 * seeds are mixed (MurmurHash3's finalizer), because netem's generator starts alike from similar
 * seeds.
 */
export function directionSeeds(seed: number): { forward: number; backward: number } {
  return { forward: mix(seed), backward: mix(seed ^ 0x9e3779b9) };
}

/** Another seed for each step of a timeline. */
export function stepSeed(seed: number, step: number): number {
  return mix(seed ^ (step + 1));
}

function mix(seed: number): number {
  let hash = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}

function words(line: string): string[] {
  return line.split(" ");
}
