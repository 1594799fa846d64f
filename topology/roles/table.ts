// The roles, a line each. A link is none, because its own settings determine it (plan/links.ts).

import { grafana } from "./grafana.ts";
import { image } from "./image.ts";
import { loadgen } from "./loadgen.ts";
import type { Options, RoleOption } from "./options.ts";
import { prometheus } from "./prometheus.ts";
import type { Endpoint, HostRoleSpec, WatcherRoleSpec } from "./role.ts";
import { rudp } from "./rudp.ts";
import { server } from "./server.ts";
import { usage } from "./usage.ts";

const HOSTS = { server, loadgen, rudp, image };
/** In the order of their addresses. */
const WATCHING = { prometheus, usage, grafana };

export type HostRole = keyof typeof HOSTS;
export const HOST_ROLES = Object.keys(HOSTS) as readonly HostRole[];
/** Those that a scenario names; a host with an image of its own has that in place of a role. */
export const NAMED_ROLES = HOST_ROLES.filter((name) => hostRole(name, {}).image !== null);

export type Watcher = keyof typeof WATCHING;
export const WATCHERS = Object.keys(WATCHING) as readonly Watcher[];

/** Those that people open at a port of 127.0.0.1. */
export type Publishable = { [Name in Watcher]: (typeof WATCHING)[Name]["page"] extends null ? never : Name }[Watcher];
export const PUBLISHABLE = WATCHERS.filter((name): name is Publishable => WATCHING[name].page !== null);

export function hostRole(name: HostRole, options: Options): HostRoleSpec {
  const role: HostRoleSpec = HOSTS[name];
  return role.instead?.(options) ?? role;
}

export function watcherRole(name: Watcher): WatcherRoleSpec {
  return WATCHING[name];
}

/** The role in a container's label; undefined if it is no host's. */
export function hostRoleNamed(name: string, options: Options): HostRoleSpec | undefined {
  return Object.hasOwn(HOSTS, name) ? hostRole(name as HostRole, options) : undefined;
}

/** The options of all roles, by name. */
export const HOST_OPTIONS: Readonly<Record<string, RoleOption>> = Object.assign(
  {},
  ...Object.values<HostRoleSpec>(HOSTS).map(({ options }) => options),
);

/** Where a host of that role serves; null: nowhere, or there is no such role. */
export function endpointOf(role: string, options: Options): Endpoint | null {
  return hostRoleNamed(role, options)?.endpoint?.(options) ?? null;
}

/** Roles of hosts that have something in common. */
export function hostRolesWhere(holds: (role: HostRoleSpec) => boolean): readonly HostRole[] {
  return HOST_ROLES.filter((name) => holds(HOSTS[name]));
}
