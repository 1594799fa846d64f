// The planned place of a container, as a readable label for those without the plan: `topology
// status` compares it with Docker's networks and addresses.

import { PLACES_LABEL } from "./names.ts";
import type { Attachment, Labels } from "./step.ts";

/** The label: `NETWORK=ADDRESS` each, in the order of the plan. */
export function placesLabel(attachments: readonly Attachment[]): Labels {
  return { [PLACES_LABEL]: attachments.map(({ network, address }) => `${network}=${address}`).join(" ") };
}

/** null if the label is missing; none of a host within another. */
export function placesOf({ [PLACES_LABEL]: label }: Labels): Attachment[] | null {
  if (label === undefined) return null;
  if (label === "") return [];
  return label.split(" ").map((place) => {
    const [network = "", address = ""] = place.split("=");
    return { network, address };
  });
}

/**
 * How Docker's networks of a container differ from the planned ones, for example after `docker
 * network disconnect`; null if they do not.
 */
export function misplacement(
  planned: readonly Attachment[],
  addresses: Readonly<Record<string, string>>,
): string | null {
  for (const { network, address } of planned) {
    const has = addresses[network];
    if (has === undefined) return `it is no longer on ${network}`;
    if (has !== address) return `its address on ${network} is ${has || "none"}, not ${address}`;
  }
  const other = Object.keys(addresses).find((network) => !planned.some((place) => place.network === network));
  return other === undefined ? null : `it is on ${other} too, which is a way around its links`;
}
