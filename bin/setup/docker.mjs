// A Docker engine that answers. On Debian and Ubuntu as root it is installed and started if it is
// missing; elsewhere the message says what to do on that system.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine, ping } from "./docker-socket.mjs";
import { withLock } from "./lock.mjs";
import { Refusal, report } from "./refusal.mjs";
import { canInstall, findProgram, installHint, installPackages, isRoot, isWsl, thisSystem } from "./system.mjs";

/**
 * Debian packages by the program that each provides. mmdebstrap makes the base image where none can
 * be pulled.
 */
const ENGINE_PACKAGES = { dockerd: "docker.io", iptables: "iptables" };
const IMAGE_PACKAGES = { mmdebstrap: "mmdebstrap" };
/** The command, which only tests and benches use. Before Debian 13 it comes with the engine. */
const COMMAND_PACKAGES = { docker: "docker-cli" };

const SYSTEM_ENGINE = "unix:///var/run/docker.sock";
const PID_FILE = "/var/run/docker.pid";
const START_MILLIS = 60_000;
const LOOK_EVERY_MILLIS = 100;

/** @typedef {import("./docker-socket.mjs").Attempt} Attempt */

/**
 * @param {string} root the repository's root, for the engine's log where /var/log cannot be written
 * @throws {Refusal} E_DOCKER_UNAVAILABLE, with the cure for this system
 */
export async function ensureDocker(root) {
  const { endpoint, attempts } = await findEngine();
  if (endpoint !== undefined) {
    if (canInstall() && missingPackages(IMAGE_PACKAGES).length > 0) {
      await withLock(root, () => installMissing(IMAGE_PACKAGES));
    }
    return;
  }
  const mayStart = isRoot() && process.platform === "linux" && attempts[0]?.endpoint.url === SYSTEM_ENGINE;
  if (!mayStart) throw missing(attempts);
  await withLock(root, async () => {
    if ((await ping(SYSTEM_ENGINE)) === "") return; // another process was first
    if (canInstall()) {
      installMissing({ ...ENGINE_PACKAGES, ...IMAGE_PACKAGES });
      installMissing(COMMAND_PACKAGES);
    }
    if (findProgram("dockerd") === undefined) throw missing(attempts);
    await startEngine(root);
  });
}

/** @param {Record<string, string>} packagesByProgram */
function missingPackages(packagesByProgram) {
  return Object.entries(packagesByProgram)
    .filter(([program]) => findProgram(program) === undefined)
    .map(([, name]) => name);
}

/** @param {Record<string, string>} packagesByProgram */
function installMissing(packagesByProgram) {
  const packages = missingPackages(packagesByProgram);
  if (packages.length === 0) return;
  report(`installing ${packages.join(", ")} (apt-get)`);
  installPackages(packages);
}

/** @param {string} root */
async function startEngine(root) {
  report("starting the Docker engine");
  if (existsSync("/run/systemd/system")) {
    const { status, stderr } = spawnSync("systemctl", ["start", "docker"], { encoding: "utf8" });
    await waitUntilAnswering(
      () => (status === 0 ? "" : `systemctl start docker: ${stderr.trim()}`),
      "journalctl -u docker",
    );
    return;
  }
  const log = logPath(root);
  if (isStarting()) return await waitUntilAnswering(() => "", log);
  const output = openSync(log, "a");
  const engine = spawn(/** @type {string} */ (findProgram("dockerd")), [], {
    detached: true, // a session of its own: it outlives this command and its terminal
    stdio: ["ignore", output, output],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  closeSync(output);
  let ended = "";
  engine.on("error", (error) => {
    ended = error.message;
  });
  engine.on("exit", (code, signal) => {
    ended = `dockerd ended with ${signal ?? `status ${code}`}`;
  });
  await waitUntilAnswering(() => ended, log);
  engine.unref();
}

/**
 * @param {() => string} failure why waiting is of no use any more; empty while it is
 * @param {string} log
 */
async function waitUntilAnswering(failure, log) {
  const deadline = Date.now() + START_MILLIS;
  for (;;) {
    const reason = await ping(SYSTEM_ENGINE);
    if (reason === "") return;
    const given = failure() || (Date.now() > deadline ? `no answer in ${START_MILLIS / 1000} s (${reason})` : "");
    if (given !== "") {
      throw new Refusal("E_DOCKER_UNAVAILABLE", 3, `start the Docker engine: ${given}`, [`its log: ${log}`]);
    }
    await sleep(LOOK_EVERY_MILLIS);
  }
}

/**
 * True when a dockerd runs that does not answer yet. The file of a dead one is removed: dockerd
 * 20.10 takes any process with the number in it for itself, and refuses to start.
 */
function isStarting() {
  if (!existsSync(PID_FILE)) return false;
  const name = `/proc/${readFileSync(PID_FILE, "utf8").trim()}/comm`;
  if (existsSync(name) && readFileSync(name, "utf8").trim() === "dockerd") return true;
  rmSync(PID_FILE, { force: true });
  return false;
}

/** @param {string} root */
function logPath(root) {
  try {
    accessSync("/var/log", constants.W_OK);
    return "/var/log/dockerd.log";
  } catch {
    mkdirSync(join(root, ".rttlab"), { recursive: true });
    return join(root, ".rttlab", "dockerd.log");
  }
}

/** @param {Attempt[]} attempts */
function missing(attempts) {
  const reported = attempts.filter(({ reason }, index) => index === 0 || !reason.includes("ENOENT"));
  const reasons = reported.map(({ endpoint, reason }) => `${endpoint.url} (${endpoint.source}): ${reason}`).join("; ");
  return new Refusal("E_DOCKER_UNAVAILABLE", 3, `reach a Docker engine: ${reasons}`, cure(attempts));
}

/** @param {Attempt[]} attempts */
function cure(attempts) {
  const named = attempts.find(({ endpoint }) => /^(DOCKER_HOST|docker context)/.test(endpoint.source));
  if (named !== undefined) {
    const how = named.endpoint.source === "DOCKER_HOST" ? "unset DOCKER_HOST" : "docker context use default";
    return [`start that engine, or go back to this machine's own: ${how}`];
  }
  if (thisSystem() === "darwin") return ["install and start Docker Desktop or colima, then run the same command again"];
  if (thisSystem() === "win32") return ["install Docker Desktop, or work inside WSL2 with Docker Engine there"];
  if (attempts.some(({ reason }) => reason.includes("EACCES"))) {
    return ["an engine is there, but not for this user: sudo usermod -aG docker $USER, then log in again"];
  }
  const sudo = isRoot() ? "" : "sudo ";
  const start = isWsl() ? `${sudo}service docker start` : `${sudo}systemctl enable --now docker`;
  const installed = findProgram("dockerd") !== undefined;
  const steps = [...(installed ? [] : [installHint("docker.io")]), start];
  return [...steps, ...(isRoot() ? [] : ["sudo usermod -aG docker $USER, then log in again"])];
}
