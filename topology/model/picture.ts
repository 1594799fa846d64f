// A topology as it is drawn (lib/picture).

import { describeSettings } from "../../lib/link/text.ts";
import type { Picture } from "../../lib/picture/picture.ts";
import type { Topology } from "./topology.ts";

export function pictureOf({ networks, hosts, links }: Pick<Topology, "networks" | "hosts" | "links">): Picture {
  return {
    networks: networks.map(({ name }) => name),
    hosts: hosts.map(({ name, role, network, within }) => ({
      name,
      role,
      on: network,
      ...(within !== undefined && { within }),
    })),
    links: links.map(({ name, between, settings }) => ({ name, between, settings: describeSettings(settings) })),
  };
}
