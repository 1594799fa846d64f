// Cells whose path holds more than the TCP buffers of the testbed's hosts, which fit the scenario:
// one connection would be bounded by them, and not by what is studied.

import { numbered } from "../analysis/format.ts";
import { nextLinks } from "../topology/model/graph.ts";
import type { Topology } from "../topology/model/topology.ts";
import { bufferBytes, buffersSuffice } from "../topology/plan/tcp.ts";
import { linkSettingsOf, measuredHosts, readSettings } from "./file/settings.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { HOST_SETTINGS } from "./hosts/settings.ts";

const USUAL_WINDOW = HOST_SETTINGS["receive-window"]?.usual;

/** Warnings for people; none for cells that choose a window themselves, or measure no TCP. */
export function bufferWarnings(
  { events }: Pick<Study, "events">,
  cells: readonly StudyCell[],
  topology: Topology,
): string[] {
  const { networks, links } = topology;
  const names = networks.map(({ name }) => name);
  const ways = { nextLink: nextLinks(names, links) };
  const bytes = bufferBytes(topology, ways);
  const short = cells.filter((cell) => {
    const own = topologyOf(cell, topology);
    return own !== null && !buffersSuffice({ ...own, events: [...events] }, ways, bytes);
  });
  const [first] = short;
  if (first === undefined) return [];
  const which = `in ${numbered(short.length, "cell")}, such as ${first.id}`;
  const buffers = `TCP buffers of ${bytes / 2 ** 20} MiB, which fit ${topology.name},`;
  return [`${which}, ${buffers} cannot hold what the path can have on its way: one connection will not fill it`];
}

/** The measured hosts, and the links as a cell has them; null where the buffers do not matter. */
function topologyOf({ settings }: StudyCell, topology: Topology): Topology | null {
  const { settings: asked } = readSettings(settings, topology, (key) => key);
  if (asked === null) return null;
  const isOverTcp = [asked.measure, ...asked.beside].some(({ kind }) => kind.role === "loadgen");
  const windows = Object.values(asked.hosts).map((words) => words["receive-window"] ?? USUAL_WINDOW);
  const choosesWindow = windows.some((window) => window !== USUAL_WINDOW);
  if (!isOverTcp || choosesWindow) return null;
  const measured = measuredHosts(asked, topology);
  return {
    ...topology,
    hosts: topology.hosts.filter(({ name }) => measured.has(name)),
    links: topology.links.map((link) => ({ ...link, settings: linkSettingsOf(link, asked.links) })),
  };
}
