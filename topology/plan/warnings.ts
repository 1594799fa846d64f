// Warnings before a testbed comes up: where it cannot do what the scenario asks.

import type { BackendName } from "../../lib/contract/link.ts";
import { DIRECTIONS, type LinkChange, type LinkSettings } from "../../lib/link/link.ts";
import { FRAME_BYTES } from "../../lib/link/queues/kind.ts";
import { formatQuantity } from "../../lib/units.ts";
import { formatSubnet } from "../model/subnet.ts";
import type { Topology } from "../model/topology.ts";
import { hostsApart } from "../model/within.ts";
import type { Layout } from "./layout.ts";
import type { Observed } from "./observed.ts";
import { coveringRoute } from "./subnets.ts";
import { buffersSuffice } from "./tcp.ts";

/**
 * The rate up to which the User-Mode Linux link kept within tolerance with both stages, as
 * measured.
 */
export const UML_CEILING_BITS_PER_SECOND = 200e6;

export function warningsOf(topology: Topology, layout: Layout, observed: Observed): string[] {
  return [
    ...topology.links.flatMap(({ name, settings }) => {
      const own = topology.events.filter(({ link }) => link === name).map(({ change }) => change);
      return ratesAboveCeiling(name, settings, observed.backend, own);
    }),
    ...topology.links.flatMap(({ name, settings }) => spreadGroups(name, settings)),
    ...idleLinks(topology, layout),
    ...hiddenSubnets(layout, observed),
    ...smallBuffers(topology, layout),
    ...tooMany(topology),
    ...tooBusy(topology, observed),
  ];
}

/**
 * A warning for each direction of a link whose rate exceeds its backend's measured ceiling, as it
 * is or after any of these changes.
 */
export function ratesAboveCeiling(
  link: string,
  settings: LinkSettings,
  backend: BackendName,
  changes: readonly LinkChange[] = [],
): string[] {
  const ceiling = formatQuantity(UML_CEILING_BITS_PER_SECOND, "bitsPerSecond");
  return DIRECTIONS.flatMap((side) => {
    const rates = [settings, ...changes].map((each) => each[side]?.rateBitsPerSecond ?? 0);
    const rate = Math.max(...rates);
    if (backend !== "uml" || rate <= UML_CEILING_BITS_PER_SECOND) return [];
    const given = formatQuantity(rate, "bitsPerSecond");
    return [`${link} ${side}: ${given} is above ${ceiling}, which a User-Mode Linux link can carry`];
  });
}

/**
 * A warning for each direction in which packets that leave a slot together may still be sent at the
 * rate when the next slot opens.
 */
export function spreadGroups(link: string, settings: LinkSettings): string[] {
  return DIRECTIONS.flatMap((side) => {
    const { slots, rateBitsPerSecond } = settings[side];
    if (slots === null || rateBitsPerSecond === null) return [];
    const frames = Math.floor((rateBitsPerSecond * slots.maxMillis) / (8000 * FRAME_BYTES));
    if (slots.packets !== null && slots.packets <= frames) return [];
    const rate = formatQuantity(rateBitsPerSecond, "bitsPerSecond");
    return [
      `${link} ${side}: ${rate} passes ${frames} full frames in the longest time between slots: ` +
        "near that load they arrive one after another, not in groups",
    ];
  });
}

/**
 * Paths have the fewest links, so a link that its own two networks do not use is on no path at all.
 */
function idleLinks({ links }: Topology, { nextLink }: Layout): string[] {
  return links.flatMap((link) => {
    const [first, second] = link.between;
    const used = nextLink(first, second);
    if (used === undefined || used === link.name) return [];
    return [`${link.name} carries nothing: between ${first} and ${second} all packets take ${used}`];
  });
}

function hiddenSubnets({ networks, subnetOf }: Layout, observed: Observed): string[] {
  return networks.flatMap((network) => {
    const subnet = subnetOf(network);
    const route = coveringRoute(subnet, observed);
    if (route === undefined) return [];
    return [
      `${network}: ${formatSubnet(subnet)} is within ${route}, which this machine has a route to: while the testbed is up, ` +
        "the machine does not reach what has these addresses there",
    ];
  });
}

function smallBuffers(topology: Topology, layout: Layout): string[] {
  if (buffersSuffice(topology, layout)) return [];
  return ["TCP buffers cannot hold what the fattest path can have on its way: one connection will not fill it"];
}

/** Of arp(7), gc_thresh3: a usual kernel holds as many for all of its network namespaces. */
const NEIGHBOURS = 1024;

/**
 * On a data network each member may talk to each other one; on the management network the
 * watchers ask all others. Past the kernel's bound packets are lost while neighbours are asked for
 * again.
 */
function tooMany({ networks, hosts: all, links }: Topology): string[] {
  const hosts = hostsApart(all);
  const members = networks.map(
    ({ name }) =>
      hosts.filter(({ network }) => network === name).length +
      links.filter(({ between }) => between.includes(name)).length,
  );
  const managed = hosts.length + links.length;
  const neighbours = members.reduce((sum, count) => sum + count * (count - 1), 2 * managed);
  if (neighbours <= NEIGHBOURS) return [];
  return [
    `${managed} hosts and links may have ${neighbours} neighbours, and a kernel holds ${NEIGHBOURS} for all of its containers by default: ` +
      "past that packets are lost; smaller networks, or a larger net.ipv4.neigh.default.gc_thresh3 of this machine, mend it",
  ];
}

/**
 * Of a processor's time, while nothing happens: a service is scraped once a second, and the guest
 * of a link has a clock. Measured by `npm run bench scale` (2026-11-30).
 */
const IDLE_SHARE = { host: 0.009, link: 0.013 };
/** A run of a study begins while 70 % of the machine are idle. */
const MAY_TAKE = 0.3;

/** Whether the testbed alone takes what a study needs for its measurement. */
function tooBusy({ hosts, links }: Topology, { processors, backend }: Observed): string[] {
  const share = hosts.length * IDLE_SHARE.host + (backend === "uml" ? links.length * IDLE_SHARE.link : 0);
  if (share <= MAY_TAKE * processors) return [];
  const [taken, left] = [share / processors, 1 - MAY_TAKE].map((ratio) =>
    formatQuantity(Number(ratio.toFixed(2)), "ratio"),
  );
  return [
    `${hosts.length} hosts and ${links.length} links take about ${taken} of ${processors} processors while nothing happens, ` +
      `and a study begins a run when ${left} are idle: fewer of them, or a machine with more processors, mend it`,
  ];
}
