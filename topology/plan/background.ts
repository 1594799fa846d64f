// The gentle load that every load generator runs in the background, so that there is something to see after `up`.

import { isDeepStrictEqual } from "node:util";
import type { Topology } from "../model/topology.ts";
import type { BackgroundSpec } from "./step.ts";

/** Two users who read a page of 10 KiB about every other second: 300 kbit/s at the most, whatever the delay. */
const GENTLE = { path: "/files/10KiB", httpVersion: "1.1", users: 2, thinkMillis: 500, timeoutMillis: 10_000 } as const;

/** What the load generators of a scenario run: they ask its first server; null where it has none. */
export function backgroundOf({ hosts }: Topology): BackgroundSpec | null {
  const server = hosts.find(({ role }) => role === "server");
  return server === undefined ? null : { target: `${server.name}:80`, ...GENTLE };
}

/** Why a load generator must be given its background load, or have it taken away; null when it is as wanted. */
export function reasonForBackground(
  wanted: BackgroundSpec | null,
  held: BackgroundSpec | null,
  isMade: boolean,
): string | null {
  const now = isMade ? null : held;
  if (isDeepStrictEqual(now, wanted)) return null;
  if (wanted === null) return "no background load is wanted";
  return now === null ? "it has no background load" : "its background load is another";
}
