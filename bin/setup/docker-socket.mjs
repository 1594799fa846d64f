// Where the Docker engine is: DOCKER_HOST, then the chosen `docker context`, then the places where engines are known to listen.
// The one implementation: the set-up uses it, and so does topology/apply. What a person chose is final: if that does not answer,
// nothing else is tried in its stead.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * @typedef {object} Connection what dockerode's constructor takes
 * @property {string} [socketPath]
 * @property {"http" | "https"} [protocol]
 * @property {string} [host]
 * @property {number} [port]
 * @property {string} [ca] PEM
 * @property {string} [cert] PEM
 * @property {string} [key] PEM
 */

/**
 * @typedef {object} Place a place where an engine may be
 * @property {string} source who says so: `DOCKER_HOST`, `context colima`, `default`
 * @property {boolean} chosen a person asked for this one
 * @property {string} url `unix:///var/run/docker.sock`, `tcp://127.0.0.1:2375`, `npipe:////./pipe/docker_engine`
 * @property {Connection | undefined} connection undefined for a scheme we cannot speak (ssh)
 */

/** @typedef {{place: Place, reason: string}} Attempt */

const PING_MILLIS = 5_000;

/**
 * The first engine that answers, or every place tried with the reason why it did not.
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<{engine: Place & {connection: Connection}, attempts: Attempt[]} | {engine: undefined, attempts: Attempt[]}>}
 */
export async function findEngine(environment = process.env) {
  /** @type {Attempt[]} */
  const attempts = [];
  for (const place of enginePlaces(environment)) {
    const { connection } = place;
    const reason = connection === undefined ? "only unix, npipe and tcp are understood" : await ping(connection);
    if (reason === "" && connection !== undefined) return { engine: { ...place, connection }, attempts };
    attempts.push({ place, reason });
  }
  return { engine: undefined, attempts };
}

/**
 * The places to try, in order: the one that was chosen alone, or all known ones that exist (the usual one even if it does not).
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Place[]}
 */
export function enginePlaces(environment) {
  const host = environment.DOCKER_HOST;
  if (host) return [place("DOCKER_HOST", true, host, environment)];
  const context = chosenContext(environment);
  if (context !== undefined) return [place(`context ${context.name}`, true, context.url, environment)];
  if (process.platform === "win32") return [place("default", false, "npipe:////./pipe/docker_engine", environment)];
  const home = environment.HOME ?? homedir();
  const runtime = environment.XDG_RUNTIME_DIR;
  const others = [
    ...(runtime === undefined ? [] : [join(runtime, "docker.sock")]), // rootless
    ...[".docker/run", ".docker/desktop", ".colima/default", ".orbstack/run", ".rd"].map((folder) =>
      join(home, folder, "docker.sock"),
    ),
  ];
  return ["/var/run/docker.sock", ...others.filter((path) => existsSync(path))].map((path) =>
    place("default", false, `unix://${path}`, environment),
  );
}

/**
 * Why no engine answers there; empty when one does.
 * @param {Connection} connection
 * @returns {Promise<string>}
 */
export function ping({ protocol, ...connection }) {
  return new Promise((resolve) => {
    const request = (protocol === "https" ? https : http).get(
      { ...connection, path: "/_ping", timeout: PING_MILLIS, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? "" : `GET /_ping answered ${response.statusCode}`);
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer in ${PING_MILLIS} ms`)));
    request.on("error", (/** @type {NodeJS.ErrnoException} */ error) => resolve(error.message || String(error.code)));
  });
}

/**
 * @param {string} source
 * @param {boolean} chosen
 * @param {string} url
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Place}
 */
function place(source, chosen, url, environment) {
  return { source, chosen, url, connection: parseHost(url, environment) };
}

/**
 * @param {string} url
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Connection | undefined}
 */
function parseHost(url, environment) {
  const match = /^(unix|npipe|tcp|http|https):\/\/(.+)$/.exec(url);
  if (match === null) return undefined;
  const [, scheme, rest] = /** @type {[string, string, string]} */ (/** @type {unknown} */ (match));
  if (scheme === "unix" || scheme === "npipe") {
    return { socketPath: scheme === "npipe" ? rest.replaceAll("/", "\\") : rest };
  }
  const secure = scheme === "https" || Boolean(environment.DOCKER_TLS_VERIFY);
  const address = /^(\[[^\]]+\]|[^:/]+)(?::(\d+))?\/?$/.exec(rest);
  if (address === null) return undefined;
  return {
    protocol: secure ? "https" : "http",
    host: /** @type {string} */ (address[1]).replace(/^\[|\]$/g, ""),
    port: Number(address[2] ?? (secure ? 2376 : 2375)),
    ...(secure ? readCertificates(environment) : {}),
  };
}

/** @param {NodeJS.ProcessEnv} environment */
function readCertificates(environment) {
  const folder = environment.DOCKER_CERT_PATH ?? join(environment.HOME ?? homedir(), ".docker");
  const files = { ca: "ca.pem", cert: "cert.pem", key: "key.pem" };
  return Object.fromEntries(
    Object.entries(files)
      .map(([field, file]) => /** @type {const} */ ([field, join(folder, file)]))
      .filter(([, path]) => existsSync(path))
      .map(([field, path]) => [field, readFileSync(path, "utf8")]),
  );
}

/**
 * The context that DOCKER_CONTEXT or the CLI's configuration names, unless it is the default one or cannot be read.
 * @param {NodeJS.ProcessEnv} environment
 */
function chosenContext(environment) {
  const folder = environment.DOCKER_CONFIG ?? join(environment.HOME ?? homedir(), ".docker");
  const name = environment.DOCKER_CONTEXT || readJson(join(folder, "config.json"))?.currentContext;
  if (typeof name !== "string" || name === "" || name === "default") return undefined;
  const identity = createHash("sha256").update(name).digest("hex");
  const url = readJson(join(folder, "contexts", "meta", identity, "meta.json"))?.Endpoints?.docker?.Host;
  return { name, url: typeof url === "string" ? url : `the context's file in ${folder} is missing` };
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
