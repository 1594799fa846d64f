// Compares the kernel's qdiscs with the requested ones, child by child. `tc` may accept a command
// and do something else: an old kernel ignores unknown options, and values may be rounded or
// truncated.

import { DIRECTIONS, type DirectionDevices, type DirectionName, type Stages } from "../../lib/link/link.ts";
import { childParentAt, type Qdisc } from "../../lib/link/qdisc.ts";
import type { Devices } from "./backend.ts";
import { hasIngress, type QdiscReport, rootOf } from "./tc-report.ts";

/** `tc` prints six significant digits; a loss is stored in steps of 2.3e-10. */
const RELATIVE_TOLERANCE = 1e-5;
const ABSOLUTE_TOLERANCE = 1e-9;

/** The kernel keeps these as they are given: numbers of packets or bytes, and seeds. */
const WHOLE = new Set(["seed", "limit", "packets"]);

/**
 * A line per difference; empty if the link is as requested. `redirects` lists the devices to which
 * each ingress's filters send every IPv4 packet.
 */
export function differences(
  stages: Readonly<Record<DirectionName, Stages>>,
  devices: Devices,
  qdiscs: readonly QdiscReport[],
  redirects: Readonly<Record<string, readonly string[]>>,
): string[] {
  return DIRECTIONS.flatMap((name) => {
    const { propagation, transmission } = stages[name];
    const at = devices[name];
    return [
      ...compareRoot(`${name} propagation`, propagation, at.ifb, qdiscs),
      ...compareRedirect(name, propagation !== null, at, qdiscs, redirects[at.ingress] ?? []),
      ...compareRoot(`${name} transmission`, transmission, at.egress, qdiscs),
    ];
  });
}

function compareRoot(where: string, asked: Qdisc | null, device: string, qdiscs: readonly QdiscReport[]): string[] {
  const found = rootOf(qdiscs, device);
  if (asked !== null) return compareTree(where, asked, found, qdiscs, 0);
  // A device without a qdisc of ours has one of the kernel's choice, whose handle is 0.
  const isMade = found !== undefined && found.handle !== "0:";
  return isMade ? [`${where}: there is a ${found.kind} that was not asked for`] : [];
}

function compareTree(
  where: string,
  asked: Qdisc,
  found: QdiscReport | undefined,
  qdiscs: readonly QdiscReport[],
  depth: number,
): string[] {
  if (found?.kind !== asked.kind) {
    return [`${where}: there is ${found?.kind ?? "nothing"} where a ${asked.kind} was asked for`];
  }
  const unasked = asked.unasked ?? [];
  const options = Object.entries(found.options ?? {}).filter(([key]) => !unasked.includes(key));
  const own = compareOptions(where, asked.report, Object.fromEntries(options), asked.within);
  if (asked.child === undefined) return own;
  const below = qdiscs.find(({ dev, parent }) => dev === found.dev && parent === childParentAt(depth));
  return [...own, ...compareTree(`${where} ${asked.child.kind}`, asked.child, below, qdiscs, depth + 1)];
}

function compareRedirect(
  name: string,
  asked: boolean,
  { ingress, ifb }: DirectionDevices,
  qdiscs: readonly QdiscReport[],
  targets: readonly string[],
): string[] {
  const found = hasIngress(qdiscs, ingress) ? targets.join(", ") || "nothing" : "nothing";
  const wanted = asked ? ifb : "nothing";
  return found === wanted ? [] : [`${name} redirection from ${ingress}: asked for ${wanted}, found ${found}`];
}

/**
 * An option that was not requested must be neutral: 0, false, or made of these alone. `within` are
 * wider tolerances of some.
 */
function compareOptions(
  where: string,
  asked: Record<string, unknown>,
  found: Record<string, unknown>,
  within: Readonly<Record<string, number>> = {},
): string[] {
  return [...new Set([...Object.keys(asked), ...Object.keys(found)])].flatMap((key) => {
    const [wanted, actual] = [asked[key], found[key]];
    if (isRecord(wanted) || isRecord(actual)) {
      return compareOptions(`${where} ${key}`, isRecord(wanted) ? wanted : {}, isRecord(actual) ? actual : {});
    }
    if (
      (WHOLE.has(key) ? (wanted ?? 0) === (actual ?? 0) : agree(wanted, actual, within[key])) ||
      (key === "seed" && wanted === undefined)
    )
      return [];
    return [`${where} ${key}: asked for ${wanted ?? "none"}, found ${actual ?? "none"}`];
  });
}

function agree(wanted: unknown = 0, actual: unknown = 0, within = ABSOLUTE_TOLERANCE): boolean {
  if (wanted === actual) return true;
  const [a, b] = [Number(wanted), Number(actual)];
  return Math.abs(a - b) <= Math.max(within, RELATIVE_TOLERANCE * Math.abs(a));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
