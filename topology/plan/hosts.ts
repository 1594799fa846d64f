// A host as a container, and its wiring: routes to the other networks through links, no way out, no
// offloads. One within another has that one's interfaces, names and wiring.

import { CONTROL_FOLDER } from "../../lib/contract/places.ts";
import { watcherKey } from "../model/capacity.ts";
import { processorOptions } from "../model/processors.ts";
import { formatSubnet } from "../model/subnet.ts";
import { type Host, MANAGEMENT, type Topology } from "../model/topology.ts";
import { hostsApart, nthWithin, withinOptions } from "../model/within.ts";
import { capabilitiesOf } from "../roles/image.ts";
import { environmentOf } from "../roles/options.ts";
import { CONTROL, USER } from "../roles/sandbox.ts";
import { hostRole, WATCHERS } from "../roles/table.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { dockerName, labelsOf, wiringName } from "./names.ts";
import type { Observed } from "./observed.ts";
import type { ContainerSpec, WiringSpec } from "./step.ts";
import { CONGESTION_CONTROL } from "./tcp.ts";

/** It also holds the generated site, 12 MB. */
const SCRATCH = "rw,nosuid,nodev,size=64m,mode=1777";

/** Where one host is within another, both use the loopback interface and the data network. */
const EVERYWHERE = "0.0.0.0";

const USUAL_LIMITS = { memoryBytes: 512 * 1024 ** 2, pidsLimit: 256 };

export function hostSpec(
  host: Host,
  topology: Topology,
  layout: Layout,
  { imageTags }: Observed,
  sysctls: Record<string, string>,
): ContainerSpec {
  const { name: scenario, hosts } = topology;
  const role = hostRole(host.role, host.options);
  const { program } = host;
  const { image, command, environment, readyMessage, options = {}, limits = () => USUAL_LIMITS } = role;
  const port = role.isReadyByPort === true ? role.endpoint?.(host.options).port : undefined;
  const readyWithinMillis = program?.readyWithinMillis;
  const patience = readyWithinMillis === undefined ? {} : { withinMillis: readyWithinMillis };
  const shown = { ...host.options, ...processorOptions(host.processors), ...withinOptions(host) };
  const address = layout.addressOf(host.name, host.network);
  const sharesNetwork = host.within !== undefined || hosts.some(({ within }) => within === host.name);
  return sealed({
    name: dockerName(scenario, host.name),
    // Docker gives the hostname every address of the container, including that on mgmt; so no host
    // is known by it.
    hostname: `${host.name}-on-${scenario}`,
    image: program === undefined ? imageTags[image ?? "host"] : program.image,
    labels: labelsOf(scenario, host.role, host.name),
    command: [...(program?.command ?? command)],
    environment: {
      ...environment,
      ...host.environment,
      ...(program === undefined && environmentOf(host.options, options)),
      RTTLAB_SCENARIO: scenario,
      RTTLAB_NAME: host.name,
      RTTLAB_DATA_ADDRESS: sharesNetwork ? EVERYWHERE : address,
      RTTLAB_MGMT_ADDRESS: layout.addressOf(host.name, MANAGEMENT),
      ...(host.within !== undefined && { RTTLAB_NTH_WITHIN: String(nthWithin(host, hosts)) }),
    },
    ...networkOf(host, topology, layout, sysctls),
    user: program?.user ?? USER,
    capabilities: capabilitiesOf(program?.loosened ?? []),
    tmpfs: program === undefined ? { [CONTROL_FOLDER]: CONTROL, "/tmp": SCRATCH } : { "/tmp": SCRATCH },
    ...limits(host.options),
    ports: [],
    ...(program !== undefined && { loosened: program.loosened }),
    ...limitOf(host),
    ...(Object.keys(shown).length > 0 && { options: shown }),
    ...(readyMessage !== undefined && { readyMessage }),
    ...(port !== undefined && { readyPort: { address, port, ...patience, image: imageTags.host } }),
  });
}

type OfNetwork = Pick<ContainerSpec, "attachments" | "inside" | "extraHosts" | "sysctls">;

/** Networks of its own and the names of others there; or those of the host that it is within. */
function networkOf(
  { name, network, within }: Host,
  { name: scenario, hosts }: Topology,
  layout: Layout,
  sysctls: Record<string, string>,
): OfNetwork {
  if (within !== undefined)
    return { attachments: [], inside: dockerName(scenario, within), extraHosts: {}, sysctls: {} };
  return {
    attachments: [network, MANAGEMENT].map((on) => ({
      network: dockerName(scenario, on),
      address: layout.addressOf(name, on),
    })),
    // Also by the names of containers, because Docker's resolver would give their addresses on the
    // management network.
    extraHosts: Object.fromEntries(
      hostsApart(hosts).flatMap((member) => {
        const address = layout.addressOf(member.name, member.network);
        return [
          [member.name, address],
          [dockerName(scenario, member.name), address],
        ];
      }),
    ),
    sysctls,
  };
}

/** Nothing for a host with all processors, whose containers stay those of before. */
function limitOf({ processors }: Host): Pick<ContainerSpec, "processors"> {
  return processors.quota === null && processors.cores === null ? {} : { processors };
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
