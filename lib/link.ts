// A link as data, and the tc commands that make it: the very same ones in the kernel and in the User-Mode Linux guest.
// Each direction has two stages, because one netem would count packets in flight as queued (docs/decisions/0002-links.md):
//
//   ingress of one leg --redirect--> ifb: netem delay, loss     (propagation)
//                      --forward---> egress of the other leg: netem rate, limit = the declared queue     (transmission)
//
// A stage that would do nothing is not built.

import type { Impairment, Stage } from "./impairment/impairment.ts";
import { type Direction, IMPAIRMENTS } from "./impairment/table.ts";

/** What a link does to packets. Forward is from the first network of `between` to the second. */
export interface LinkSettings {
  forward: Direction;
  backward: Direction;
  /** Seed of netem's random numbers, 1 to 2^32 - 1; null: a fresh one each time the settings are applied. */
  seed: number | null;
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
  if (stage === "transmission" && direction.rateBitsPerSecond === null) return [];
  const context = { rateBitsPerSecond: direction.rateBitsPerSecond, rttMillis: linkRttMillis };
  return (Object.keys(IMPAIRMENTS) as (keyof Direction)[])
    .filter((field) => IMPAIRMENTS[field].stage === stage)
    .flatMap((field) => (IMPAIRMENTS[field] as Impairment<unknown>).netemArguments(direction[field], context));
}

/**
 * The arguments of each `tc` call that builds one direction on devices that have no qdiscs yet.
 * `seed` is given to every netem; null leaves it out, for a kernel that does not know it (before 6.6).
 */
export function buildCommands(
  direction: Direction,
  devices: DirectionDevices,
  linkRttMillis: number,
  seed: number | null,
): string[][] {
  const seeding = seed === null ? [] : ["seed", String(seed)];
  const propagation = netemArguments(direction, "propagation", linkRttMillis);
  const transmission = netemArguments(direction, "transmission", linkRttMillis);
  const commands: string[][] = [];
  if (propagation.length > 0) {
    const limit = ["limit", String(PROPAGATION_LIMIT_PACKETS)];
    commands.push(
      ["qdisc", "add", "dev", devices.ifb, "root", "handle", "1:", "netem", ...limit, ...propagation, ...seeding],
      ["qdisc", "add", "dev", devices.ingress, "handle", "ffff:", "ingress"],
      [
        ...[
          "filter",
          "add",
          "dev",
          devices.ingress,
          "parent",
          "ffff:",
          "protocol",
          "ip",
          "u32",
          "match",
          "u32",
          "0",
          "0",
        ],
        ...["action", "mirred", "egress", "redirect", "dev", devices.ifb],
      ],
    );
  }
  if (transmission.length > 0) {
    commands.push([
      "qdisc",
      "add",
      "dev",
      devices.egress,
      "root",
      "handle",
      "1:",
      "netem",
      ...transmission,
      ...seeding,
    ]);
  }
  return commands;
}

/** The arguments of each `tc` call that takes a direction down again; a call for a stage that is not there fails and may. */
export function removeCommands(devices: DirectionDevices): string[][] {
  return [
    ["qdisc", "del", "dev", devices.ingress, "ingress"],
    ["qdisc", "del", "dev", devices.ifb, "root"],
    ["qdisc", "del", "dev", devices.egress, "root"],
  ];
}
