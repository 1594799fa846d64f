// A host within another: a container of its own in the other's network namespace, so that its
// packets to the other go through the loopback interface, as those of a program on the same machine
// do. Both have the same addresses, and so other ports (network_namespaces(7)).

import { z } from "zod";
import { METRICS_PORT, MOST_WITHIN, RUDP_PORT } from "../../lib/contract/places.ts";
import type { Problem } from "../../lib/errors.ts";
import { hostRoleNamed, hostRolesWhere } from "../roles/table.ts";
import type { Draft, DraftHost } from "./draft.ts";
import type { Host } from "./topology.ts";

export const WITHIN_RANGES = { within: "the name of a host that is on a network" };

export const WITHIN_KEYS = {
  within: z.string().describe("The host whose network it shares, in place of one of its own").optional(),
};

/** Ports of the services of hosts within another: RUDP's and the metrics', each and its number. */
const TAKEN = [RUDP_PORT, METRICS_PORT].flatMap((port) =>
  Array.from({ length: 1 + MOST_WITHIN }, (_, nth) => port + nth),
);

/** Those with a network of their own. */
export function hostsApart<One extends Pick<Host, "within">>(hosts: readonly One[]): One[] {
  return hosts.filter(({ within }) => within === undefined);
}

/** Whose interfaces a host uses: its own, or those of the host that it is within. */
export function outermost({ name, within }: Pick<Host, "name" | "within">): string {
  return within ?? name;
}

/** Its number among those within the same host, from 1; 0 of a host that is not within another. */
export function nthWithin({ name, within }: Host, hosts: readonly Host[]): number {
  return within === undefined
    ? 0
    : 1 + hosts.filter((one) => one.within === within).findIndex((one) => one.name === name);
}

/** As `plan` and `status` show it. */
export function withinOptions({ within }: Pick<Host, "within">): Record<string, string> {
  return within === undefined ? {} : { within };
}

/** Hosts that are neither on a network nor within a host, or within one where they cannot be. */
export function placeProblems({ hosts }: Draft): Problem[] {
  return [...hosts].flatMap(([name, host]): Problem[] => {
    const { on, within, hasPlace } = host;
    const problem = (code: string, key: string, message: string, allowed: string): Problem => ({
      code,
      path: `hosts.${name}.${key}`,
      message,
      allowed,
    });
    if (!hasPlace) return [problem("E_HOST_WITHOUT_NETWORK", "on", "is missing", "the name of a network")];
    if (within === undefined) return [];
    const absence = absenceOf(name, within, hosts);
    const collision = collisionOf(host, within, hosts.get(within));
    const twice = "its network is that of the host that it is within";
    return [
      ...(on === undefined ? [] : [problem("E_CONFLICTING_KEYS", "on", twice, "one of the two")]),
      ...(absence === null ? [] : [problem("E_NO_SUCH_HOST", "within", absence, namesBeside(name, hosts))]),
      ...(collision === null ? [] : [problem("E_CONFLICTING_KEYS", "within", collision.message, collision.allowed)]),
    ];
  });
}

type Hosts = Draft["hosts"];

function absenceOf(name: string, within: string, hosts: Hosts): string | null {
  const outer = hosts.get(within);
  if (within === name) return "it cannot be within itself";
  if (outer === undefined) return `there is no host ${within}`;
  return outer.within === undefined ? null : `${within} is within ${outer.within} itself`;
}

function namesBeside(name: string, hosts: Hosts): string {
  const apart = [...hosts].flatMap(([other, { within }]) => (other !== name && within === undefined ? [other] : []));
  return apart.join(", ") || "none";
}

/** Of ports. A role that is not known has no say. */
function collisionOf({ role = "", options }: DraftHost, within: string, outer: DraftHost | undefined) {
  const spec = hostRoleNamed(options.image === undefined ? role : "image", {});
  if (spec !== undefined && spec.mayBeWithin !== true)
    return {
      message: "it serves at a port that the host which it is within may serve at",
      allowed: `hosts of role ${hostRolesWhere(({ mayBeWithin }) => mayBeWithin === true).join(" or ")}`,
    };
  const port = outer?.options.port;
  if (typeof port !== "number" || !TAKEN.includes(port)) return null;
  const allowed = `a port of that program below ${RUDP_PORT}, or from ${RUDP_PORT + MOST_WITHIN + 1} to ${METRICS_PORT - 1}`;
  return { message: `${within} serves at port ${port}, as a host within it may`, allowed };
}
