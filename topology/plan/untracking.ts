// Rules for a scenario's networks in the machine's own namespace: no frame passes between members
// of the management network, and data networks are exempt from connection tracking. One step, with
// one record of it.

import { formatSubnet } from "../model/subnet.ts";
import { MANAGEMENT, type Topology } from "../model/topology.ts";
import { changes, sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { labelsOf, recordName } from "./names.ts";
import type { Observed, ObservedContainer } from "./observed.ts";
import type { UntrackingSpec } from "./step.ts";

export function untrackingSpec(
  topology: Topology,
  layout: Layout,
  { imageTags }: Observed,
  watchers: readonly string[],
): UntrackingSpec {
  return sealed({
    name: recordName(topology.name),
    image: imageTags.host,
    labels: labelsOf(topology.name, "untracked", topology.name),
    management: { gateway: layout.gatewayOf(MANAGEMENT), watchers: [...watchers] },
    subnets: topology.networks.map(({ name }) => formatSubnet(layout.subnetOf(name))),
  });
}

/**
 * Why the rules must be set (again), or null if they are set. They are set again with every new
 * container, because they do not outlive a restart of the machine and their record does.
 */
export function reasonToUntrack(
  spec: UntrackingSpec,
  record: ObservedContainer | undefined,
  makesContainers: boolean,
  members: readonly ObservedContainer[],
): string | null {
  if (record === undefined) return "its connections would fill the machine's table";
  const changed = changes(record.labels, spec.labels);
  if (changed.length > 0) return `changed: ${changed.join(", ")}`;
  if (record.state !== "exited") return "it was interrupted";
  if (record.exitCode !== 0) return `it failed with code ${record.exitCode}`;
  const since = members.find(({ startedAtMillis }) => (startedAtMillis ?? 0) > (record.finishedAtMillis ?? 0));
  if (since !== undefined && !makesContainers) return `${since.name} was started since, and is not isolated`;
  return makesContainers ? "containers are made anew, perhaps after a restart of the machine" : null;
}
