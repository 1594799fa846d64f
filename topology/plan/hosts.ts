// A host as a container, and its wiring: routes to the other networks through links, no way out, no offloads.

import { WATCHERS, watcherKey } from "../model/capacity.ts";
import { formatSubnet } from "../model/subnet.ts";
import type { Host, HostRole, Topology } from "../model/topology.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { dockerName, labelsOf, MANAGEMENT, wiringName } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { ContainerSpec, WiringSpec } from "./step.ts";
import { CONGESTION_CONTROL } from "./tcp.ts";

/** What each role adds to the environment unless the scenario says otherwise. */
const DEFAULT_ENVIRONMENT: Readonly<Record<HostRole, Record<string, string>>> = {
  server: { RTTLAB_SITE_SEED: "1" },
  loadgen: {},
  rudp: {},
};

/** Where the services of these roles listen: their own defaults. */
export const SERVICE_PORTS = { server: 80, rudp: 4000 } as const;

/** The user of the images; it owns what the container may write to. */
const USER = "1000:1000";
/** The generated site stands here too, 12 MB of it. */
const SCRATCH = "rw,nosuid,nodev,size=64m,mode=1777";
const CONTROL = "rw,nosuid,nodev,noexec,size=1m,uid=1000,gid=1000,mode=0700";

export function hostSpec(
  host: Host,
  topology: Topology,
  layout: Layout,
  { imageTags }: Observed,
  sysctls: Record<string, string>,
): ContainerSpec {
  const { name: scenario, hosts } = topology;
  const addressOf = (member: Host) => layout.addressOf(member.name, member.network);
  const mgmtAddress = layout.addressOf(host.name, MANAGEMENT);
  return sealed({
    name: dockerName(scenario, host.name),
    // Docker gives the hostname every address of the container, that on mgmt too; so nobody is known by it.
    hostname: `${host.name}-on-${scenario}`,
    image: imageTags.host,
    labels: labelsOf(scenario, host.role, host.name),
    command: ["node", `/rttlab/services/${host.role}/main.ts`],
    environment: {
      ...DEFAULT_ENVIRONMENT[host.role],
      ...host.environment,
      RTTLAB_SCENARIO: scenario,
      RTTLAB_NAME: host.name,
      RTTLAB_DATA_ADDRESS: addressOf(host),
      RTTLAB_MGMT_ADDRESS: mgmtAddress,
    },
    attachments: [
      { network: dockerName(scenario, host.network), address: addressOf(host) },
      { network: dockerName(scenario, MANAGEMENT), address: mgmtAddress },
    ],
    // By the names of containers too, for Docker's resolver would give their addresses on the management network.
    extraHosts: Object.fromEntries(
      hosts.flatMap((member) => [
        [member.name, addressOf(member)],
        [dockerName(scenario, member.name), addressOf(member)],
      ]),
    ),
    sysctls,
    user: USER,
    capabilities: [],
    tmpfs: { "/run/rttlab": CONTROL, "/tmp": SCRATCH },
    memoryBytes: 512 * 1024 ** 2,
    pidsLimit: 256,
    ports: [],
  });
}

export function wiringSpec(host: Host, topology: Topology, layout: Layout, { imageTags }: Observed): WiringSpec {
  const { name: scenario, networks } = topology;
  const container = dockerName(scenario, host.name);
  return sealed({
    name: wiringName(container),
    container,
    image: imageTags.host,
    labels: labelsOf(scenario, "wiring", host.name),
    routes: networks.flatMap(({ name }) => {
      const link = layout.nextLink(host.network, name);
      return link === undefined
        ? []
        : [{ subnet: formatSubnet(layout.subnetOf(name)), via: layout.addressOf(link, host.network) }];
    }),
    management: {
      address: layout.addressOf(host.name, MANAGEMENT),
      subnet: formatSubnet(layout.subnetOf(MANAGEMENT)),
      watchers: WATCHERS.map((watcher) => layout.addressOf(watcherKey(watcher), MANAGEMENT)),
    },
    congestionControl: CONGESTION_CONTROL,
    blackholes: [layout.gatewayOf(host.network), layout.gatewayOf(MANAGEMENT)],
    dataAddresses: [layout.addressOf(host.name, host.network)],
  });
}
