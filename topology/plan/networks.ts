// The Docker networks of a scenario: its own and the management network.

import { formatSubnet } from "../model/subnet.ts";
import { MANAGEMENT, type Topology } from "../model/topology.ts";
import { sealed } from "./digest.ts";
import type { Layout } from "./layout.ts";
import { dockerName, labelsOf, WORD_LABEL } from "./names.ts";
import type { NetworkSpec } from "./step.ts";

/** The longest name of an interface in Linux (IFNAMSIZ less the final zero). */
const MAX_INTERFACE_NAME = 15;

/** Of each of our bridges. */
export const BRIDGE_OPTIONS = {
  "com.docker.network.bridge.enable_ip_masquerade": "false",
  // Docker 28 and later drop packets from another bridge unless this is set; earlier ones accept
  // the option and do not need it.
  "com.docker.network.bridge.gateway_mode_ipv4": "nat-unprotected",
  "com.docker.network.driver.mtu": "1500",
} as const;

export function networkSpecs({ name: scenario, word }: Topology, layout: Layout): NetworkSpec[] {
  return layout.networks.map((network) => {
    const spec = sealed({
      name: dockerName(scenario, network),
      subnet: formatSubnet(layout.subnetOf(network)),
      gateway: layout.gatewayOf(network),
      labels: labelsOf(scenario, network === MANAGEMENT ? "mgmt" : "network", network),
      options: { ...BRIDGE_OPTIONS, ...bridgeName(`rl-${scenario}-${network}`) },
    });
    // Not part of the digest: another path of the same file is no reason to make a network anew.
    return network === MANAGEMENT ? { ...spec, labels: { ...spec.labels, [WORD_LABEL]: word } } : spec;
  });
}

/** A name by which people recognize the bridge, if it fits; else Docker's own. */
function bridgeName(readable: string): Record<string, string> {
  return readable.length <= MAX_INTERFACE_NAME ? { "com.docker.network.bridge.name": readable } : {};
}
