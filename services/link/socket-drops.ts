// Frames that the guest's packet sockets had no room for, from `ss -0 -n -m`: the `d` of each socket's skmem.

import type { DirectionName } from "./backend.ts";

/** Drops by direction: what arrives on the first interface would have gone forward. */
export function parseSocketDrops(ssText: string, first: string, second: string): Record<DirectionName, number> {
  const dropsOn = (name: string) => {
    const pattern = new RegExp(`\\*:${name}\\s.*?skmem:\\([^)]*,d(\\d+)\\)`, "g");
    return [...ssText.matchAll(pattern)].reduce((sum, [, drops]) => sum + Number(drops), 0);
  };
  return { forward: dropsOn(first), backward: dropsOn(second) };
}
