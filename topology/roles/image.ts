// A program of the user's own from an image of theirs: nothing is known of it but its port. It has
// no more rights than our hosts, unless the scenario loosens that by name.

import type { HostRoleSpec } from "./role.ts";

/**
 * The words of `loosen`. `root`: the user may be root. `writable`: the root file system is.
 * `privileges`: a program may gain some by a set-user-ID bit. The others are capabilities, of those
 * that Docker gives usually, without NET_RAW, which is a way around links.
 */
export const LOOSENINGS = [
  ...(["root", "writable", "privileges"] as const),
  ...(["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID", "SYS_CHROOT"] as const),
] as const;

export type Loosening = (typeof LOOSENINGS)[number];

export function capabilitiesOf(loosened: readonly Loosening[]): string[] {
  return loosened.filter((name) => name === name.toUpperCase());
}

/**
 * Whether a container's user is root. Docker reads a number as Go's strconv.Atoi does, so that `00`
 * and `-0` are 0 as well, and takes root where no user is named. A name that the image's own
 * /etc/passwd gives 0 is not seen.
 */
export function isRoot(user: string): boolean {
  return /^(root|[+-]?0+)?(:|$)/.test(user);
}

export const image = {
  image: null,
  command: [],
  environment: {},
  hasMetrics: false,
  isReadyByPort: true,
  endpoint: ({ port }) => ({ name: "tcp", port: Number(port), describe: (host, at) => `${host}:${at}` }),
  background: null,
} satisfies HostRoleSpec;
