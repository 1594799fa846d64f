// Docker's networks, one for each segment of a scenario and one for management.

import type { NetworkSpec } from "../plan/step.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { takeNetworkTurn } from "./network-turns.ts";

/** Creates a network. */
export async function createNetwork({ docker }: Engine, spec: NetworkSpec): Promise<void> {
  const created = docker.createNetwork({
    Name: spec.name,
    CheckDuplicate: true,
    Driver: "bridge",
    Labels: spec.labels,
    Options: spec.options,
    IPAM: { Driver: "default", Config: [{ Subnet: spec.subnet, Gateway: spec.gateway }] },
  });
  await attempt(`creating network ${spec.name} (${spec.subnet})`, created, { 409: "E_NAME_CONFLICT" });
}

/** Removes a network with everything still on it; no error if it is gone. */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  const network = engine.docker.getNetwork(name);
  try {
    const { Containers = {} } = await attempt(`looking at network ${name}`, network.inspect());
    for (const id of Object.keys(Containers)) {
      const turn = await takeNetworkTurn(engine);
      await network.disconnect({ Container: id, Force: true }).catch(() => {});
      turn.pass();
    }
    await attempt(`removing network ${name}`, network.remove(), { 403: "E_NETWORK_STUCK" });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
