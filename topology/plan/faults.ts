// Faults of a testbed's container that Docker itself reports. apply/examine.ts finds by trying what
// Docker cannot know.

import { optionsOf } from "./host-options.ts";
import { dockerName, roleOf, scenarioOf, wiringName } from "./names.ts";
import type { Fault, ObservedContainer, ObservedNetwork } from "./observed.ts";
import { misplacement, placesOf } from "./places.ts";
import { reasonOfLostNetwork, reasonOfRestart, reasonToWire } from "./verdict.ts";

/** null if none is visible. `ours`: every container of the scenario. */
export function apparentFault(container: ObservedContainer, ours: readonly ObservedContainer[]): Fault | null {
  const { state, exitCode, labels, addresses, name } = container;
  if (state === "paused") return { kind: "paused", text: "it is paused" };
  if (state === "exited") return { kind: "stopped", text: `it exited with code ${exitCode}` };
  if (state !== "running") return { kind: "stopped", text: "it does not run" };
  const places = placesOf(labels);
  const moved = places === null ? null : misplacement(places, addresses);
  if (moved !== null) return { kind: "disconnected", text: moved };
  if (roleOf(labels) === "link") return null;
  const { within } = optionsOf(labels);
  if (within !== undefined) {
    const outer = ours.find((other) => other.name === dockerName(scenarioOf(labels) ?? "", within));
    const lost = outer === undefined ? "the host that it is within is gone" : reasonOfLostNetwork(container, outer);
    return lost === null ? null : { kind: "disconnected", text: lost };
  }
  const wiring = ours.find((helper) => helper.name === wiringName(name));
  const unwired = reasonToWire(wiring) ?? (wiring && reasonOfRestart(container, wiring));
  return unwired ? { kind: "unwired", text: unwired } : null;
}

/** Foreign containers, by the network of ours that they are on. */
export function strangersOn(networks: readonly ObservedNetwork[]): { name: string; fault: string }[] {
  return networks.flatMap(({ name, strangers }) =>
    strangers.map((stranger) => ({ name, fault: `${stranger}, which is not ours, is on it` })),
  );
}
