// node_modules as package-lock.json asks for it: `npm ci` when the lock file is not the one that
// was installed last. npm ci empties node_modules first, so the marker inside it is there only
// after one that went through.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { Refusal, report } from "./refusal.mjs";

// Each option overrides what a user's npmrc, NODE_ENV or an option that npm swallowed
// (npm_config_json) would change: the pinned Node is an optional dependency, the checks are
// development ones.
const NPM_CI = ["ci", "--ignore-scripts", "--loglevel=error", "--include=optional", "--include=dev"];
const NPM_CI_NOT = ["--no-json", "--no-dry-run", "--no-global", "--no-audit", "--no-fund"];
// npm begins once the lock names its process: killed before that, this one leaves no npm that the
// next would run against.
const WHEN_TOLD = 'read -r _ && exec "$@" < /dev/null';

/**
 * @param {string} root the repository's root
 * @throws {Refusal} E_DEPENDENCIES when npm fails; its own words are on stderr by then
 */
export async function ensureDependencies(root) {
  if (installedLock(root) === wantedLock(root)) return;
  await withLock(root, async (alsoHeldBy) => {
    const wanted = wantedLock(root);
    if (installedLock(root) === wanted) return;
    report("installing dependencies (npm ci)");
    const reason = await runNpmCi(root, alsoHeldBy);
    if (reason !== "") {
      throw new Refusal("E_DEPENDENCIES", 1, `install dependencies: ${reason}`, [
        "npm's own message is above; when its cause is gone, run the same command again",
      ]);
    }
    writeFileSync(markerPath(root), wanted);
  });
}

/**
 * Why npm failed; empty when it did not.
 * @param {string} root
 * @param {(pid: number) => void} started
 */
async function runNpmCi(root, started) {
  const [program, ...args] = npmCommand();
  const npm = spawn(/** @type {string} */ (program), [...args, ...NPM_CI, ...NPM_CI_NOT], {
    cwd: root,
    stdio: ["pipe", 2, 2],
    shell: program === "npm.cmd",
  });
  npm.stdin?.on("error", () => {}); // of one that could not be started
  if (npm.pid !== undefined) started(npm.pid);
  npm.stdin?.end("go\n");
  try {
    const [code, signal] = await once(npm, "exit");
    return code === 0 ? "" : `npm ended with ${signal ?? `status ${code}`}`;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/** @param {string} root */
function markerPath(root) {
  return join(root, "node_modules", ".rttlab-lock");
}

/** @param {string} root */
function installedLock(root) {
  return existsSync(markerPath(root)) ? readFileSync(markerPath(root), "utf8").trim() : "";
}

/** @param {string} root */
function wantedLock(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/**
 * npm's program run by this very Node, so that no shell is needed; npm of the PATH where it lies
 * elsewhere.
 */
function npmCommand() {
  const bin = dirname(process.execPath);
  const running = process.env.npm_execpath ?? "";
  const places = [
    ...(basename(running) === "npm-cli.js" ? [running] : []),
    join(bin, "../lib/node_modules/npm/bin/npm-cli.js"), // Node's own archives, Homebrew
    join(bin, "node_modules/npm/bin/npm-cli.js"), // Windows
    join(bin, "../share/nodejs/npm/bin/npm-cli.js"), // Debian
  ];
  const found = places.find((place) => existsSync(place));
  if (process.platform === "win32") return found === undefined ? ["npm.cmd"] : [process.execPath, found];
  return ["sh", "-c", WHEN_TOLD, "sh", ...(found === undefined ? ["npm"] : [process.execPath, found])];
}
