// Faults of a testbed's container that Docker itself reports. apply/examine.ts finds by trying what
// Docker cannot know.

import { outerContainerOf } from "./host-options.ts";
import { roleOf, wiringName } from "./names.ts";
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
  const outer = outerContainerOf(labels);
  if (outer !== undefined) return faultWithin(container, outer, ours);
  const wiring = ours.find((helper) => helper.name === wiringName(name));
  const unwired = reasonToWire(wiring) ?? (wiring && reasonOfRestart(container, wiring));
  return unwired ? { kind: "unwired", text: unwired } : null;
}

function faultWithin(container: ObservedContainer, name: string, ours: readonly ObservedContainer[]): Fault | null {
  const outer = ours.find((other) => other.name === name);
  if (outer === undefined) return { kind: "disconnected", text: "the host that it is within is gone" };
  const fault = apparentFault(outer, ours);
  const lost = fault === null ? reasonOfLostNetwork(container, outer) : `of the host that it is within: ${fault.text}`;
  return lost === null ? null : { kind: "disconnected", text: lost };
}

/** Foreign containers, by the network of ours that they are on. */
export function strangersOn(networks: readonly ObservedNetwork[]): { name: string; fault: string }[] {
  return networks.flatMap(({ name, strangers }) =>
    strangers.map((stranger) => ({ name, fault: `${stranger}, which is not ours, is on it` })),
  );
}
