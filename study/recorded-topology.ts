// A topology as results keep it: as it is drawn, and what the scenario says of each host, so that
// other options or another quota show as another rate of a link does.

import type { Environment } from "../analysis/results.ts";
import { pictureOf } from "../topology/model/picture.ts";
import { processorOptions } from "../topology/model/processors.ts";
import type { Host, Topology } from "../topology/model/topology.ts";

export function recordedTopology(topology: Pick<Topology, "networks" | "hosts" | "links">): Environment["topology"] {
  const { networks, hosts, links } = pictureOf(topology);
  return {
    networks,
    hosts: hosts.map((host, at) => ({ ...host, settings: settingsOf(topology.hosts[at] as Host) })),
    links,
  };
}

function settingsOf({ options, processors, environment, program }: Host): string {
  const { image, command = [], user, loosened = [] } = program ?? {};
  const single = { ...options, ...processorOptions(processors), ...environment, image, user };
  const lists = { command: command.join(" "), loosen: loosened.join(",") };
  return Object.entries({ ...single, ...lists })
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}
