// The fate of a container that the topology wants: kept, or made (anew) for a reason.

import { changes } from "./digest.ts";
import { roleOf } from "./names.ts";
import type { ObservedContainer } from "./observed.ts";
import { misplacement } from "./places.ts";
import type { ContainerSpec, WiringSpec } from "./step.ts";

/** Why the container must be made (anew), or null if the existing one will do. */
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
  if (existing.state === "paused") return "it is paused";
  if (existing.state === "other") return "it is neither running nor stopped";
  const moved = misplacement(spec.attachments, existing.addresses);
  if (moved !== null) return moved;
  if (existing.fault !== null) return existing.fault.text;
  const isLink = roleOf(spec.labels) === "link";
  return isLink && existing.linkSettings === null ? "its agent does not answer" : null;
}

/**
 * Why a program of a user's own must be made anew from the image that its name means by now, or
 * null. `images`: ids by name; one that Docker does not have is not known.
 */
export function reasonOfImage(
  { image, loosened }: ContainerSpec,
  { imageId }: ObservedContainer,
  images: Readonly<Record<string, string>>,
): string | null {
  const now = loosened === undefined ? undefined : images[image];
  return now === undefined || now === imageId ? null : `its image ${image} is another now`;
}

/** Why a wired host must be made anew: its wiring is gone, or would have to be undone. */
export function reasonToRecreate(
  spec: WiringSpec,
  host: ObservedContainer,
  wiring: ObservedContainer | undefined,
): string | null {
  if (wiring === undefined) return null;
  const changed = changes(wiring.labels, spec.labels);
  return reasonOfRestart(host, wiring) ?? (changed.length > 0 ? `changed: wiring (${changed.join(", ")})` : null);
}

/** Why the wiring no longer holds, or null. */
export function reasonOfRestart(host: ObservedContainer, wiring: ObservedContainer): string | null {
  const isOlder = wiring.state === "exited" && (wiring.finishedAtMillis ?? 0) < (host.startedAtMillis ?? 0);
  return isOlder ? "it restarted after it was wired, so its routes are gone and its offloads are back" : null;
}

/** Why a host no longer shares the network of the one that it is within, or null. */
export function reasonOfLostNetwork(host: ObservedContainer, outer: ObservedContainer): string | null {
  const isOlder = (host.startedAtMillis ?? 0) < (outer.startedAtMillis ?? 0);
  return isOlder ? "the host that it is within restarted, and has another network since" : null;
}

/** Why an existing host must be wired, or null if it is wired. */
export function reasonToWire(wiring: ObservedContainer | undefined): string | null {
  if (wiring === undefined) return "it is not wired";
  if (wiring.state !== "exited") return "its wiring was interrupted";
  return wiring.exitCode === 0 ? null : `its wiring failed with code ${wiring.exitCode}`;
}
