// Compares what the kernel says its qdiscs are with what was asked. `tc` may take a command and do something else with it:
// an old kernel ignores options that it does not know, and a value may be rounded or cut.

import { type DirectionDevices, type LinkSettings, netemReport, rttMillis } from "../../lib/link.ts";
import { type Devices, DIRECTIONS } from "./backend.ts";
import { hasIngress, type QdiscReport, rootOf } from "./tc-report.ts";

export interface Seeds {
  forward: number | null;
  backward: number | null;
}

/** `tc` prints six significant digits; a loss is stored in steps of 2.3e-10. */
const RELATIVE_TOLERANCE = 1e-5;
const ABSOLUTE_TOLERANCE = 1e-9;

/**
 * Each difference in one line; empty when the link is as asked. `redirects` gives the devices to which the filters at
 * each ingress send every IPv4 packet.
 */
export function differences(
  settings: LinkSettings,
  seeds: Seeds,
  devices: Devices,
  qdiscs: readonly QdiscReport[],
  redirects: Readonly<Record<string, readonly string[]>>,
): string[] {
  return DIRECTIONS.flatMap((name) => {
    const [direction, at, rtt] = [settings[name], devices[name], rttMillis(settings)];
    const propagation = netemReport(direction, "propagation", rtt, seeds[name]);
    const transmission = netemReport(direction, "transmission", rtt, seeds[name]);
    return [
      ...compareNetem(`${name} propagation`, propagation, rootOf(qdiscs, at.ifb)),
      ...compareRedirect(name, propagation !== null, at, qdiscs, redirects[at.ingress] ?? []),
      ...compareNetem(`${name} transmission`, transmission, rootOf(qdiscs, at.egress)),
    ];
  });
}

function compareNetem(where: string, asked: Record<string, unknown> | null, found: QdiscReport | undefined): string[] {
  const isNetem = found?.kind === "netem";
  if (asked === null) return isNetem ? [`${where}: there is a netem that was not asked for`] : [];
  if (!isNetem) return [`${where}: there is ${found?.kind ?? "nothing"} where a netem was asked for`];
  return compareOptions(where, asked, found.options ?? {});
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

/** What was not asked for must be neutral: 0, false, or made of these alone. */
function compareOptions(where: string, asked: Record<string, unknown>, found: Record<string, unknown>): string[] {
  return [...new Set([...Object.keys(asked), ...Object.keys(found)])].flatMap((key) => {
    const [wanted, actual] = [asked[key], found[key]];
    if (isRecord(wanted) || isRecord(actual)) {
      return compareOptions(`${where} ${key}`, isRecord(wanted) ? wanted : {}, isRecord(actual) ? actual : {});
    }
    if (agree(wanted, actual) || (key === "seed" && wanted === undefined)) return [];
    return [`${where} ${key}: asked for ${wanted ?? "none"}, found ${actual ?? "none"}`];
  });
}

function agree(wanted: unknown = 0, actual: unknown = 0): boolean {
  const [a, b] = [Number(wanted), Number(actual)];
  return Math.abs(a - b) <= Math.max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * Math.abs(a));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
