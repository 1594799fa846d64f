// The engines that tests are run on: those of Debian's releases, and the newest one as people set
// it up otherwise. A new one is one entry here.

import { join } from "node:path";

/** How an engine is made and started. */
export interface EngineKind {
  /** Its name on the command line. */
  name: string;
  /** A description of it, for a person. */
  title: string;
  /** Debian's release that it comes from, by code name. */
  suite: string;
  /** Debian's packages of the engine, beside those of every root. */
  packages: readonly string[];
  /** The words that start it in its root, with its socket at /mnt/docker.sock. */
  command: readonly string[];
  /** Docker's daemon.json, without places. */
  configuration: Readonly<Record<string, unknown>>;
  /**
   * The code with which `topology plan` may refuse a scenario there, as on a kernel without netem;
   * otherwise tests are run as on the others. null: it may not.
   */
  refusal: string | null;
}

/** The suite whose engine is the newest that Debian has. */
const NEWEST = "sid";

const PACKAGES = ["docker.io", "docker-cli", "iptables", "nftables"] as const;

const DOCKER = ["dockerd", "--config-file", "/mnt/daemon.json"] as const;

/** A user may write in none of the engine's places but the data root, nor make its group. */
const USERS_OWN_PLACES = { "exec-root": undefined, pidfile: undefined, "cgroup-parent": undefined };

export const ENGINES: readonly EngineKind[] = [
  // Before Debian 13 the command comes with the engine.
  { ...docker("bookworm", "Debian 12's engine", {}, "bookworm"), packages: ["docker.io", "iptables"] },
  docker("trixie", "Debian 13's engine", {}, "trixie"),
  docker("sid", "the newest engine in Debian"),
  docker("containerd-store", "the newest, with containerd's image store", {
    features: { "containerd-snapshotter": true },
  }),
  docker("no-iptables", "the newest, without rules of iptables", { iptables: false }),
  docker("ipv6", "the newest, with IPv6 on its default bridge", { ipv6: true, "fixed-cidr-v6": "fd00:db8::/64" }),
  docker("no-userland-proxy", "the newest, without its userland proxy", { "userland-proxy": false }),
  docker("address-pools", "the newest, with address pools of its own", {
    "default-address-pools": [{ base: "172.30.0.0/16", size: 24 }],
  }),
  {
    ...docker("firewalld", "the newest, under firewalld"),
    packages: [...PACKAGES, "dbus", "firewalld"],
    command: script("under-firewalld.sh"),
  },
  {
    ...docker("userns-remap", "the newest, with users of containers remapped", { "userns-remap": "default" }),
    refusal: "E_BACKEND_UNAVAILABLE",
  },
  {
    ...docker("rootless", "the newest, without root", USERS_OWN_PLACES),
    packages: [...PACKAGES, "rootlesskit", "slirp4netns", "uidmap"],
    command: script("rootless.sh"),
    refusal: "E_BACKEND_UNAVAILABLE",
  },
  {
    ...docker("podman", "the newest Podman in Debian, by Docker's API"),
    packages: ["podman", "docker-cli", "iptables", "nftables"],
    command: ["podman", "--root", "/mnt/data", "system", "service", "--time", "0", "unix:///mnt/docker.sock"],
    refusal: "E_BACKEND_UNAVAILABLE",
  },
];

/** The command that runs a script of this folder, which the root has at the same path. */
function script(name: string): string[] {
  return ["sh", join(import.meta.dirname, name)];
}

function docker(
  name: string,
  title: string,
  configuration: EngineKind["configuration"] = {},
  suite = NEWEST,
): EngineKind {
  return { name, title, suite, packages: PACKAGES, command: DOCKER, configuration, refusal: null };
}
