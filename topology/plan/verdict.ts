// What is to become of a container that the topology wants: kept, or made (anew) for a reason.

import { changes } from "./digest.ts";
import type { ObservedContainer } from "./observed.ts";
import type { ContainerSpec, WiringSpec } from "./step.ts";

/** Why the container must be made (anew), or null when what exists will do. */
export function reasonToCreate(
  spec: ContainerSpec,
  existing: ObservedContainer | undefined,
  networksMade: ReadonlySet<string>,
): string | null {
  if (existing === undefined) return "it is not there";
  const changed = changes(existing.labels, spec.labels);
  if (changed.length > 0) return `changed: ${changed.join(", ")}`;
  const network = spec.attachments.find((attachment) => networksMade.has(attachment.network));
  if (network !== undefined) return `its network ${network.network} is made anew`;
  if (existing.state === "created") return "it was created but never started";
  if (existing.state === "exited") return `it exited with code ${existing.exitCode}`;
  if (existing.state === "other") return "it is neither running nor stopped";
  const moved = reasonOfNetworks(spec, existing);
  if (moved !== null) return moved;
  const isLink = spec.labels["rttlab.role"] === "link";
  return isLink && existing.linkSettings === null ? "its agent does not answer" : null;
}

/** How the networks that Docker has it on differ from those planned, as after `docker network disconnect`. */
function reasonOfNetworks({ attachments }: ContainerSpec, { addresses }: ObservedContainer): string | null {
  for (const { network, address } of attachments) {
    const has = addresses[network];
    if (has === undefined) return `it is no longer on ${network}`;
    if (has !== address) return `its address on ${network} is ${has || "none"}, not ${address}`;
  }
  const other = Object.keys(addresses).find(
    (network) => !attachments.some((attachment) => attachment.network === network),
  );
  return other === undefined ? null : `it is on ${other} too, which is a way around its links`;
}

/** Why a wired host must be made anew: what was wired is gone, or would have to be undone. */
export function reasonToRecreate(
  spec: WiringSpec,
  host: ObservedContainer,
  wiring: ObservedContainer | undefined,
): string | null {
  if (wiring === undefined) return null;
  if (wiring.state === "exited" && (wiring.finishedAtMillis ?? 0) < (host.startedAtMillis ?? 0)) {
    return "it restarted after it was wired, so its routes are gone and its offloads are back";
  }
  const changed = changes(wiring.labels, spec.labels);
  return changed.length > 0 ? `changed: wiring (${changed.join(", ")})` : null;
}

/** Why a host that stays must be wired, or null when it is. */
export function reasonToWire(wiring: ObservedContainer | undefined): string | null {
  if (wiring === undefined) return "it is not wired";
  if (wiring.state !== "exited") return "its wiring was interrupted";
  return wiring.exitCode === 0 ? null : `its wiring failed with code ${wiring.exitCode}`;
}
