// A host within another: a container of its own in the other's network namespace, so that its
// packets to the other go through the loopback interface, as those of a program on the same machine
// do. Both have the same addresses, and so other ports (network_namespaces(7)).

import { z } from "zod";
import { METRICS_PORT, RUDP_PORT } from "../../lib/contract/places.ts";
import type { Problem } from "../../lib/errors.ts";
import { hostRoleNamed, hostRolesWhere } from "../roles/table.ts";
import type { Draft } from "./draft.ts";
import type { Host } from "./topology.ts";

export const WITHIN_RANGES = { within: "the name of a host that is on a network" };

export const WITHIN_KEYS = {
  within: z.string().describe("The host whose network it shares, in place of one of its own").optional(),
};

/** Ports of the services of hosts within another: RUDP's and the metrics', each and its number. */
const TAKEN = [RUDP_PORT, METRICS_PORT].flatMap((port) => Array.from({ length: 100 }, (_, nth) => port + nth));

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

/** Hosts that are neither on a network nor within a host, or within one where they cannot be. */
export function placeProblems({ hosts }: Draft): Problem[] {
  return [...hosts].flatMap(([name, { role, on, within, hasPlace, options }]): Problem[] => {
    const path = (key: string) => `hosts.${name}.${key}`;
    if (!hasPlace)
      return [
        { code: "E_HOST_WITHOUT_NETWORK", path: path("on"), message: "is missing", allowed: "the name of a network" },
      ];
    if (within === undefined) return [];
    const problems: Problem[] = [];
    const outer = hosts.get(within);
    const allowed = [...hosts].flatMap(([other, host]) => (other !== name && host.within === undefined ? [other] : []));
    const absent = (message: string) =>
      problems.push({ code: "E_NO_SUCH_HOST", path: path("within"), message, allowed: allowed.join(", ") || "none" });
    if (on !== undefined)
      problems.push({
        code: "E_CONFLICTING_KEYS",
        path: path("on"),
        message: "its network is that of the host that it is within",
        allowed: "one of the two",
      });
    if (within === name) absent("it cannot be within itself");
    else if (outer === undefined) absent(`there is no host ${within}`);
    else if (outer.within !== undefined) absent(`${within} is within ${outer.within} itself`);
    const spec = hostRoleNamed(options.image === undefined ? (role ?? "") : "image", {});
    if (spec !== undefined && spec.mayBeWithin !== true)
      problems.push({
        code: "E_CONFLICTING_KEYS",
        path: path("within"),
        message: "it serves at a port that the host which it is within may serve at",
        allowed: `hosts of role ${hostRolesWhere(({ mayBeWithin }) => mayBeWithin === true).join(" or ")}`,
      });
    if (typeof outer?.options.port === "number" && TAKEN.includes(outer.options.port))
      problems.push({
        code: "E_CONFLICTING_KEYS",
        path: path("within"),
        message: `${within} serves at port ${outer.options.port}, as a host within it may`,
        allowed: "a port of that program below 4000, or from 4100 to 9099",
      });
    return problems;
  });
}
