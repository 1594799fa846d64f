// Frames that the guest's packet sockets had no room for, from `ss -0 -n -m -p`: the `d` of each
// socket's skmem. Sockets of other programs, such as tcpdump, do not count.

import type { DirectionName } from "../../lib/link/link.ts";

/** Drops by direction: frames that arrive on the first interface would have gone forward. */
export function parseSocketDrops(ssText: string, first: string, second: string): Record<DirectionName, number> {
  const guestLines = ssText.split("\n").filter((line) => line.includes('("linux.uml"'));
  const dropsOn = (name: string) => {
    const line = guestLines.find((each) => each.includes(` *:${name} `));
    return Number(/skmem:\([^)]*,d(\d+)\)/.exec(line ?? "")?.[1] ?? 0);
  };
  return { forward: dropsOn(first), backward: dropsOn(second) };
}
