// A link as a container with one leg on each of its two networks. Only links hold capabilities.

import type { Leg, LinkPlan, Route } from "../../lib/contract/link.ts";
import { CONTROL_FOLDER } from "../../lib/contract/places.ts";
import { LONGEST_TEXT_MEBIBYTES } from "../../lib/link/timeline.ts";
import { pathBetween } from "../model/graph.ts";
import { formatSubnet } from "../model/subnet.ts";
import { type Link, MANAGEMENT, type Topology } from "../model/topology.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { BACKEND_LABEL, dockerName, labelsOf } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { ContainerSpec } from "./step.ts";

export function linkSpec(link: Link, topology: Topology, layout: Layout, observed: Observed): ContainerSpec {
  const { name: scenario } = topology;
  const { backend, imageTags } = observed;
  const mgmtAddress = layout.addressOf(link.name, MANAGEMENT);
  const leg = (network: string): Leg => ({
    network,
    address: layout.addressOf(link.name, network),
    prefixLength: layout.subnetOf(network).prefixLength,
  });
  const legs: LinkPlan["legs"] = [leg(link.between[0]), leg(link.between[1])];
  const routes = routesBeyond(link, topology, layout);
  const plan: LinkPlan = { backend, legs, routes, settings: link.settings };
  return sealed({
    name: dockerName(scenario, link.name),
    hostname: link.name,
    image: imageTags.link,
    labels: { ...labelsOf(scenario, "link", link.name), [BACKEND_LABEL]: backend },
    // The image's own, because the agent needs flags of Node that belong to the image and not to
    // the plan.
    command: [],
    environment: {
      RTTLAB_SCENARIO: scenario,
      RTTLAB_NAME: link.name,
      RTTLAB_MGMT_ADDRESS: mgmtAddress,
      RTTLAB_LINK: JSON.stringify(plan),
    },
    attachments: [
      ...legs.map(({ network, address }) => ({ network: dockerName(scenario, network), address })),
      { network: dockerName(scenario, MANAGEMENT), address: mgmtAddress },
    ],
    extraHosts: {},
    // Beside a forwarding User-Mode Linux guest, the container's own stack must not forward.
    sysctls: { "net.ipv4.ip_forward": backend === "kernel" ? "1" : "0", "net.ipv6.conf.all.disable_ipv6": "1" },
    user: "0:0",
    capabilities: ["NET_ADMIN", "NET_RAW"],
    tmpfs: {
      // Its socket takes no room; a timeline does while it is played.
      [CONTROL_FOLDER]: `rw,nosuid,nodev,noexec,size=${1 + LONGEST_TEXT_MEBIBYTES}m,mode=0700`,
      "/tmp": "rw,nosuid,nodev,size=16m,mode=1777",
      // The memory file of the User-Mode Linux guest, which it maps executable.
      "/dev/umlmem": "rw,nosuid,nodev,exec,size=160m,mode=0700",
    },
    memoryBytes: 256 * 1024 ** 2,
    pidsLimit: 64,
    ports: [],
  });
}

/** Subnets beyond the link's own legs, each by way of the next link on the shorter side. */
function routesBeyond(link: Link, { networks, links }: Topology, { nextLink, subnetOf, addressOf }: Layout): Route[] {
  return networks.flatMap(({ name }) => {
    const ways = link.between.flatMap((leg) => {
      const path = pathBetween(leg, name, links, nextLink);
      const next = path?.[0];
      return path === undefined || next === link ? [] : [{ leg, next }];
    });
    const [way] = ways;
    if (way?.next === undefined || link.between.includes(name)) return [];
    return [{ subnet: formatSubnet(subnetOf(name)), via: addressOf(way.next.name, way.leg) }];
  });
}
