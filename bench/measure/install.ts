// Installs programs that benches need and that are missing, from Debian's packages.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Installs the packages whose programs are not on the path. Needs root on Debian or Ubuntu if any
 * is missing.
 */
export function installMissing(packages: Readonly<Record<string, string>>): void {
  const directories = (process.env.PATH ?? "").split(":").concat("/usr/sbin");
  const missing = Object.entries(packages).filter(
    ([program]) => !directories.some((one) => existsSync(join(one, program))),
  );
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  process.stderr.write(`installing ${names.join(", ")}\n`);
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
  });
}
