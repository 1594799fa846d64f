// Wires a running host: a helper enters its network namespace with only NET_ADMIN and runs
// images/host/wire.sh there.

import { RttlabError } from "../../lib/errors.ts";
import type { WiringSpec } from "../plan/step.ts";
import type { Engine } from "./docker.ts";
import { runHelper } from "./helper.ts";

/**
 * Sets a host's routes and offloads and verifies them; may be repeated. Throws E_WIRING with the
 * helper's output.
 */
export async function wireHost(engine: Engine, wiring: WiringSpec): Promise<void> {
  const { name, container, image, labels } = wiring;
  const { status, output } = await runHelper(engine, {
    name,
    image,
    labels,
    command: ["/rttlab/wire.sh", ...wiringWords(wiring)],
    capabilities: ["NET_ADMIN"],
    networkMode: `container:${container}`,
  });
  if (status !== 0)
    throw new RttlabError("E_WIRING", `wiring ${container}: ${output.join("\n  ") || `exit ${status}`}`);
}

/** The routes among the words of a wiring. */
export function routesOf(words: readonly string[]): WiringSpec["routes"] {
  return words.flatMap((word, at) => {
    const [subnet, via] = words.slice(at + 1);
    return word === "route" && subnet !== undefined && via !== undefined ? [{ subnet, via }] : [];
  });
}

/** The words for wire.sh. */
export function wiringWords({
  management,
  routes,
  congestionControl,
  blackholes,
  dataAddresses,
}: Omit<WiringSpec, "name" | "container" | "image" | "labels">): string[] {
  const aside = management === undefined ? [] : ["aside", management.address, management.subnet];
  return [
    ...aside,
    ...(management?.watchers ?? []).flatMap((address) => ["watcher", address]),
    ...routes.flatMap(({ subnet, via }) => ["route", subnet, via, congestionControl]),
    ...blackholes.flatMap((address) => ["blackhole", address]),
    ...dataAddresses.flatMap((address) => ["plain", address]),
  ];
}
