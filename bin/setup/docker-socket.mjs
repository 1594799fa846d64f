// Where a Docker engine may be listening, in the order in which the docker command and its
// relatives look: DOCKER_HOST, then the current context (its files are read; the command need not
// be there), then the known places. Context files: <config>/contexts/meta/<sha256 of the
// name>/meta.json, as docker/cli's context store lays them out. Here for the set-up and for
// topology/apply alike.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A place to try, and who named it.
 * @typedef {object} Endpoint
 * @property {string} url `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`, `ssh://…`
 * @property {string} source `DOCKER_HOST`, `docker context colima`, `the system's engine`
 */

/**
 * @typedef {object} EndpointSystem
 * @property {NodeJS.ProcessEnv} environment
 * @property {string} home
 * @property {NodeJS.Platform} platform
 */

/** @typedef {{endpoint: Endpoint, reason: string}} Attempt why no engine answered there */

/** @type {EndpointSystem} */
const THIS_SYSTEM = { environment: process.env, home: homedir(), platform: process.platform };

const PING_MILLIS = 5_000;

/**
 * The places to try, best first. An engine that was named (by DOCKER_HOST or a context) is the only
 * one tried.
 * @param {EndpointSystem} system
 * @returns {Endpoint[]}
 */
export function endpoints(system = THIS_SYSTEM) {
  const { DOCKER_HOST } = system.environment;
  if (DOCKER_HOST) return [{ url: DOCKER_HOST, source: "DOCKER_HOST" }];
  const context = currentContext(system);
  return context === undefined ? knownPlaces(system) : [context];
}

/**
 * The first engine that answers, and every place tried before it.
 * @param {EndpointSystem} system
 * @returns {Promise<{endpoint: Endpoint | undefined, attempts: Attempt[]}>}
 */
export async function findEngine(system = THIS_SYSTEM) {
  /** @type {Attempt[]} */
  const attempts = [];
  for (const endpoint of endpoints(system)) {
    const reason = await ping(endpoint.url, system);
    if (reason === "") return { endpoint, attempts };
    attempts.push({ endpoint, reason });
  }
  return { endpoint: undefined, attempts };
}

/**
 * Why no engine answers there; empty when one does.
 * @param {string} url
 * @param {EndpointSystem} system for the certificates of an engine behind TLS
 * @returns {Promise<string>}
 */
export function ping(url, system = THIS_SYSTEM) {
  const where = requestOptions(url, system);
  if (where === undefined) return Promise.resolve("only unix, npipe and tcp can be asked");
  return new Promise((resolve) => {
    const request = (where.secure ? https : http).get(
      { ...where.options, path: "/_ping", timeout: PING_MILLIS, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? "" : `GET /_ping answered ${response.statusCode}`);
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer within ${PING_MILLIS} ms`)));
    request.on("error", (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.message || String(error.code)));
  });
}

/**
 * @param {EndpointSystem} system
 * @returns {Endpoint | undefined}
 */
function currentContext({ environment, home }) {
  const directory = environment.DOCKER_CONFIG ?? join(home, ".docker");
  const name = environment.DOCKER_CONTEXT ?? readJson(join(directory, "config.json"))?.currentContext;
  if (typeof name !== "string" || name === "" || name === "default") return undefined;
  const digest = createHash("sha256").update(name).digest("hex");
  const url = readJson(join(directory, "contexts", "meta", digest, "meta.json"))?.Endpoints?.docker?.Host;
  return typeof url === "string" ? { url, source: `docker context ${name}` } : undefined;
}

/**
 * @param {EndpointSystem} system
 * @returns {Endpoint[]}
 */
function knownPlaces({ environment, home, platform }) {
  if (platform === "win32") return [{ url: "npipe:////./pipe/docker_engine", source: "Docker Desktop" }];
  const runtime = environment.XDG_RUNTIME_DIR;
  /** @type {[path: string, source: string][]} */
  const rootless = runtime === undefined ? [] : [[join(runtime, "docker.sock"), "rootless Docker"]];
  /** @type {[path: string, source: string][]} */
  const places = [
    ["/var/run/docker.sock", "the system's engine"],
    ...rootless,
    [join(home, ".docker/run/docker.sock"), "Docker Desktop"],
    [join(home, ".docker/desktop/docker.sock"), "Docker Desktop"],
    [join(home, ".colima/default/docker.sock"), "Colima"],
    [join(home, ".orbstack/run/docker.sock"), "OrbStack"],
    [join(home, ".rd/docker.sock"), "Rancher Desktop"],
  ];
  return places.map(([path, source]) => ({ url: `unix://${path}`, source }));
}

/**
 * The options with which node:http reaches an engine; undefined for a scheme that it cannot speak.
 * @param {string} url
 * @param {EndpointSystem} system
 * @returns {{secure: boolean, options: https.RequestOptions} | undefined}
 */
function requestOptions(url, { environment, home }) {
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(url)?.[1];
  if (socket !== undefined) return { secure: false, options: { socketPath: socket } };
  const [, scheme, host, port] = /^(tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(url) ?? [];
  if (host === undefined) return undefined;
  const secure = scheme === "https" || Boolean(environment.DOCKER_TLS_VERIFY);
  const address = { host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? (secure ? 2376 : 2375)) };
  if (!secure) return { secure, options: address };
  const folder = environment.DOCKER_CERT_PATH ?? join(home, ".docker");
  const certificates = Object.fromEntries(
    ["ca", "cert", "key"]
      .map((name) => /** @type {const} */ ([name, join(folder, `${name}.pem`)]))
      .filter(([, path]) => existsSync(path))
      .map(([name, path]) => [name, readFileSync(path, "utf8")]),
  );
  return { secure, options: { ...address, ...certificates } };
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
