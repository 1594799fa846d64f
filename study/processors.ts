// The processors that a host can keep busy, of which a saturated one uses nearly all: no more than
// its quota, its cores, and the threads or processes that do its work.

import type { Topology } from "../topology/model/topology.ts";
import { hostRole } from "../topology/roles/table.ts";
import type { CellSettings } from "./file/settings.ts";
import { optionsOfCell } from "./hosts/options.ts";

/**
 * By the name of a host or a link, on a machine that has enough. `named`: the options of each host
 * that any cell names.
 */
export function usableProcessors(
  { hosts, measure, beside }: Pick<CellSettings, "hosts" | "measure" | "beside">,
  topology: Pick<Topology, "hosts">,
  named: ReadonlyMap<string, readonly string[]>,
): (name: string) => number {
  const known = new Map(topology.hosts.map((host) => [host.name, host]));
  return (name) => {
    const host = known.get(name);
    if (host === undefined) return 1; // a link
    const { role, options, processors } = host;
    const chosen = { ...options, ...optionsOfCell(host, hosts[name] ?? {}, named.get(name) ?? []) };
    const serving = hostRole(role, options).threads?.(chosen) ?? 1;
    const measuring = [measure, ...beside].filter((each) => each.host === name);
    const asking = measuring.map(({ words }) => Number(words.threads ?? 1));
    const most = Number.POSITIVE_INFINITY;
    return Math.min(processors.quota ?? most, processors.cores?.length ?? most, Math.max(serving, ...asking));
  };
}
