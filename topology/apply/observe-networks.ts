// Docker's networks as a plan sees them: ours by label, and the subnets of others.

import type { ContainerInfo, NetworkInspectInfo } from "dockerode";
import { SCENARIO_LABEL } from "../plan/names.ts";
import type { Observed, ObservedNetwork } from "../plan/observed.ts";
import type { MachineRoute } from "./machine.ts";

export function observedNetwork(
  { Name, Labels, IPAM }: NetworkInspectInfo,
  running: readonly ContainerInfo[],
): ObservedNetwork {
  const others = running.filter(({ Labels: own }) => own[SCENARIO_LABEL] === undefined);
  const strangers = others.filter(({ NetworkSettings }) => Name in NetworkSettings.Networks);
  return {
    name: Name,
    labels: Labels ?? {},
    subnet: IPAM?.Config?.[0]?.Subnet ?? "",
    strangers: strangers.map(({ Names: [name = ""] }) => name.replace(/^\//, "")),
  };
}

/** Subnets of others' networks, and those of the machine that belong to no bridge of Docker. */
export function subnetsOfOthers(
  networks: readonly NetworkInspectInfo[],
  routes: readonly MachineRoute[],
): Pick<Observed, "foreignSubnets" | "machineSubnets"> {
  const bridges = new Set(networks.map(bridgeName));
  const others = networks.filter((network) => !isOurs(network));
  const ofNetworks = others.flatMap(({ IPAM }) => (IPAM?.Config ?? []).map(({ Subnet }) => Subnet ?? ""));
  const ofMachine = routes.filter((route) => !bridges.has(route.interface)).map(({ subnet }) => subnet);
  return {
    foreignSubnets: [...new Set(ofNetworks)].filter((subnet) => subnet.includes(".")),
    machineSubnets: [...new Set(ofMachine)],
  };
}

export function isOurs({ Labels }: NetworkInspectInfo): boolean {
  return Labels?.[SCENARIO_LABEL] !== undefined;
}

function bridgeName({ Id, Options }: NetworkInspectInfo): string {
  return Options?.["com.docker.network.bridge.name"] ?? `br-${Id.slice(0, 12)}`;
}
