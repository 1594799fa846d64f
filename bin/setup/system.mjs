// The operating system, and how packages get onto it. The set-up installs packages only on Debian
// and Ubuntu as root; everywhere else its message has the line to type.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Refusal } from "./refusal.mjs";

/** @typedef {"debian" | "fedora" | "arch" | "suse" | "linux" | "darwin" | "win32"} System */

/** Families by the words of os-release's ID and ID_LIKE. @type {[System, string[]][]} */
const FAMILIES = [
  ["debian", ["debian", "ubuntu"]],
  ["fedora", ["fedora", "rhel", "centos"]],
  ["arch", ["arch"]],
  ["suse", ["suse", "opensuse"]],
];

/** @returns {System} the family of this system */
export function thisSystem() {
  if (process.platform === "darwin" || process.platform === "win32") return process.platform;
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  const words = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) =>
    /** @type {string} */ (match[1]).split(" "),
  );
  return FAMILIES.find(([, names]) => names.some((name) => words.includes(name)))?.[0] ?? "linux";
}

export function isRoot() {
  return process.getuid?.() === 0;
}

/** True in the Windows Subsystem for Linux. */
export function isWsl() {
  return existsSync("/proc/sys/fs/binfmt_misc/WSLInterop") || process.env.WSL_DISTRO_NAME !== undefined;
}

/** True where `installPackages` may be used. */
export function canInstall() {
  return thisSystem() === "debian" && isRoot() && findProgram("apt-get") !== undefined;
}

/**
 * Installs Debian packages. apt's words are shown only when it fails. `update` may fail for one of
 * many sources that does not matter here, so only the failure of `install` counts.
 * @param {string[]} packages
 * @throws {Refusal} E_INSTALL
 */
export function installPackages(packages) {
  const update = runApt("update");
  const install = runApt("install", "-y", "--no-install-recommends", ...packages);
  if (install.error === undefined && install.status === 0) return;
  process.stderr.write([update, install].map(({ stdout, stderr }) => `${stdout ?? ""}${stderr ?? ""}`).join(""));
  const reason = install.error?.message ?? `apt-get ended with status ${install.status}`;
  throw new Refusal("E_INSTALL", 3, `install ${packages.join(", ")}: ${reason}`, ["apt's own message is above"]);
}

/** @param {string[]} args */
function runApt(...args) {
  // a machine that has just booted may be upgrading itself
  const waiting = ["-o", "DPkg::Lock::Timeout=120"];
  return spawnSync("apt-get", ["-q", ...waiting, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 ** 2,
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}

/**
 * The line that installs a package, named as Debian names it, on this system.
 * @param {"libatomic1" | "docker.io"} name
 */
export function installHint(name) {
  const sudo = isRoot() ? "" : "sudo ";
  const other = { libatomic1: "libatomic", "docker.io": "docker" }[name];
  /** @type {Partial<Record<System, string>>} */
  const lines = {
    debian: `${sudo}apt-get update && ${sudo}apt-get install ${name === "docker.io" ? "docker.io iptables mmdebstrap" : name}`,
    fedora: `${sudo}dnf install ${name === "docker.io" ? "moby-engine" : other}`,
    arch: `${sudo}pacman -S ${name === "docker.io" ? other : "gcc-libs"}`,
    suse: `${sudo}zypper install ${name === "docker.io" ? other : name}`,
  };
  return lines[thisSystem()] ?? `install ${other} with this system's package manager`;
}

/**
 * The path of an executable in the PATH or among the administrator's programs; undefined when there
 * is none.
 * @param {string} name
 */
export function findProgram(name) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
