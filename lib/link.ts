// A link as data, and the tc commands that make it: the very same ones in the kernel and in the User-Mode Linux guest.
// Each direction has two stages, because one netem would count packets in flight as queued (docs/decisions/0002-links.md):
//
//   ingress of one leg --redirect--> ifb: netem delay, loss     (propagation)
//                      --forward---> egress of the other leg: netem rate, limit = the declared queue     (transmission)
//
// A stage that would do nothing is not built.

import type { DirectionContext, Impairment, Stage } from "./impairment/impairment.ts";
import { type Direction, IMPAIRMENTS } from "./impairment/table.ts";

/** What a link does to packets. Forward is from the first network of `between` to the second. */
export interface LinkSettings {
  forward: Direction;
  backward: Direction;
  /** Seed of netem's random numbers, 1 to 2^32 - 1; null: a fresh one each time the settings are applied. */
  seed: number | null;
}

/** Some settings to be changed; what is not named stays. */
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

/** More packets than any traffic can have in flight here (10 Gbit/s for 10 s in full frames is 8.3 million). */
const PROPAGATION_LIMIT_PACKETS = 10_000_000;

/** Round-trip propagation delay of a link. */
export function rttMillis({ forward, backward }: LinkSettings): number {
  return forward.delayMillis + backward.delayMillis;
}

/** netem's words for one stage of a direction; empty when the stage would do nothing. */
export function netemArguments(direction: Direction, stage: Stage, linkRttMillis: number): string[] {
  return fieldsOf(direction, stage).flatMap((field) =>
    impairmentOf(field).netemArguments(direction[field], contextOf(direction, linkRttMillis)),
  );
}

/**
 * What `tc -j qdisc show` must then say among the options of the stage's netem, to the six digits that it prints;
 * null when there must be none.
 */
export function netemReport(
  direction: Direction,
  stage: Stage,
  linkRttMillis: number,
  seed: number | null,
): Record<string, unknown> | null {
  if (netemArguments(direction, stage, linkRttMillis).length === 0) return null;
  const reports = fieldsOf(direction, stage).map((field) =>
    impairmentOf(field).netemReport(direction[field], contextOf(direction, linkRttMillis)),
  );
  const limit = stage === "propagation" ? { limit: PROPAGATION_LIMIT_PACKETS } : {};
  return Object.assign({}, limit, ...reports, seed === null ? {} : { seed });
}

/**
 * The arguments of each `tc` call that builds one direction on devices that have no qdiscs yet.
 * `seed` is given to every netem; null leaves it out, for a kernel that does not know it (before 6.6).
 * Only IPv4 is redirected: ARP belongs to a segment, not to the way between two.
 */
export function buildCommands(
  direction: Direction,
  { ingress, ifb, egress }: DirectionDevices,
  linkRttMillis: number,
  seed: number | null,
): string[][] {
  const seeding = seed === null ? [] : ["seed", String(seed)];
  const propagation = netemArguments(direction, "propagation", linkRttMillis);
  const transmission = netemArguments(direction, "transmission", linkRttMillis);
  const commands: string[][] = [];
  if (propagation.length > 0) {
    const netem = `qdisc add dev ${ifb} root handle 1: netem limit ${PROPAGATION_LIMIT_PACKETS}`;
    const redirect = `u32 match u32 0 0 action mirred egress redirect dev ${ifb}`;
    commands.push(
      [...words(netem), ...propagation, ...seeding],
      words(`qdisc add dev ${ingress} handle ffff: ingress`),
      words(`filter add dev ${ingress} parent ffff: protocol ip ${redirect}`),
    );
  }
  if (transmission.length > 0) {
    commands.push([...words(`qdisc add dev ${egress} root handle 1: netem`), ...transmission, ...seeding]);
  }
  return commands;
}

/** The arguments of each `tc` call that takes a direction down again; a call for a stage that is not there fails and may. */
export function removeCommands({ ingress, ifb, egress }: DirectionDevices): string[][] {
  return [`qdisc del dev ${ingress} ingress`, `qdisc del dev ${ifb} root`, `qdisc del dev ${egress} root`].map(words);
}

/**
 * A seed for each direction: with one seed for both, the same packets would be lost both ways.
 * Mixed (MurmurHash3's finalizer), because netem's generator starts alike from seeds that are alike.
 */
export function directionSeeds(seed: number): { forward: number; backward: number } {
  return { forward: mix(seed), backward: mix(seed ^ 0x9e3779b9) };
}

function mix(seed: number): number {
  let hash = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}

function fieldsOf(direction: Direction, stage: Stage): (keyof Direction)[] {
  if (stage === "transmission" && direction.rateBitsPerSecond === null) return [];
  return (Object.keys(IMPAIRMENTS) as (keyof Direction)[]).filter((field) => IMPAIRMENTS[field].stage === stage);
}

function impairmentOf(field: keyof Direction): Impairment<unknown> {
  return IMPAIRMENTS[field] as Impairment<unknown>;
}

function contextOf({ rateBitsPerSecond }: Direction, rttMillis: number): DirectionContext {
  return { rateBitsPerSecond, rttMillis };
}

function words(line: string): string[] {
  return line.split(" ");
}
