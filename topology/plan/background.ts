// The gentle load that load generators and RUDP endpoints run in the background, so that there is something to see after `up`.

import { isDeepStrictEqual } from "node:util";
import type { Background } from "../../lib/contract/contract.ts";
import type { Host, Topology } from "../model/topology.ts";
import { SERVICE_PORTS } from "./hosts.ts";

/** Two users who read a page of 10 KiB about every other second: 300 kbit/s at the most, whatever the delay. */
const GENTLE = { path: "/files/10KiB", httpVersion: "1.1", users: 2, thinkMillis: 500, timeoutMillis: 10_000 } as const;

/** 200 kB every two seconds and what they take: under 1 Mbit/s, and a window that can be seen to grow. */
const GENTLE_TRANSFER = { bytes: 200_000, pauseMillis: 2000 } as const;

/**
 * What a host runs: a load generator asks the scenario's first server, a RUDP endpoint sends to the first other one that there is
 * (the first of all only receives); null where there is nobody to ask, and for hosts that run no load.
 */
export function backgroundOf({ name, role }: Host, { hosts }: Topology): Background | null {
  const first = hosts.find((host) => host.role === (role === "rudp" ? "rudp" : "server"));
  if (first === undefined || first.name === name) return null;
  if (role === "loadgen") return { target: `${first.name}:${SERVICE_PORTS.server}`, ...GENTLE };
  return role === "rudp" ? { target: `${first.name}:${SERVICE_PORTS.rudp}`, ...GENTLE_TRANSFER } : null;
}

/** Whether hosts of this role take a background load. */
export function takesBackground({ role }: Host): boolean {
  return role === "loadgen" || role === "rudp";
}

/** Why a host must be given its background load, or have it taken away; null when it is as wanted. */
export function reasonForBackground(
  wanted: Background | null,
  held: Background | null,
  isMade: boolean,
): string | null {
  const now = isMade ? null : held;
  if (isDeepStrictEqual(now, wanted)) return null;
  if (wanted === null) return "no background load is wanted";
  return now === null ? "it has no background load" : "its background load is another";
}
