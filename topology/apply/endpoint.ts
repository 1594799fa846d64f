// Where a Docker engine may be listening, in the order in which the docker CLI and its relatives look:
// DOCKER_HOST, then the current context (its files are read; the CLI need not be there), then the known places.
// Context files: <config>/contexts/meta/<sha256 of the name>/meta.json, as docker/cli's context store lays them out.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A place to try: `unix:///run/docker.sock`, `npipe:…`, `tcp://…`, `ssh://…`, and who named it. */
export interface Endpoint {
  url: string;
  source: string;
}

export interface EndpointSystem {
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  platform: NodeJS.Platform;
}

const THIS_SYSTEM: EndpointSystem = { environment: process.env, home: homedir(), platform: process.platform };

/** The places to try, best first. An engine that was named (by DOCKER_HOST or a context) is the only one tried. */
export async function endpoints(system: EndpointSystem = THIS_SYSTEM): Promise<Endpoint[]> {
  const { DOCKER_HOST } = system.environment;
  if (DOCKER_HOST) return [{ url: DOCKER_HOST, source: "DOCKER_HOST" }];
  const context = await currentContext(system);
  return context === undefined ? knownPlaces(system) : [context];
}

async function currentContext({ environment, home }: EndpointSystem): Promise<Endpoint | undefined> {
  const directory = environment.DOCKER_CONFIG ?? join(home, ".docker");
  const config = (await readJson(join(directory, "config.json"))) as { currentContext?: string } | undefined;
  const name = environment.DOCKER_CONTEXT ?? config?.currentContext;
  if (name === undefined || name === "" || name === "default") return undefined;
  const digest = createHash("sha256").update(name).digest("hex");
  const meta = await readJson(join(directory, "contexts", "meta", digest, "meta.json"));
  const url = (meta as { Endpoints?: { docker?: { Host?: string } } } | undefined)?.Endpoints?.docker?.Host;
  return url === undefined ? undefined : { url, source: `docker context ${name}` };
}

function knownPlaces({ environment, home, platform }: EndpointSystem): Endpoint[] {
  if (platform === "win32") return [{ url: "npipe:////./pipe/docker_engine", source: "Docker Desktop" }];
  const runtime = environment.XDG_RUNTIME_DIR;
  const places: (readonly [path: string, source: string])[] = [
    ["/var/run/docker.sock", "the system's engine"],
    ...(runtime === undefined ? [] : [[join(runtime, "docker.sock"), "rootless Docker"] as const]),
    [join(home, ".docker/run/docker.sock"), "Docker Desktop"],
    [join(home, ".docker/desktop/docker.sock"), "Docker Desktop"],
    [join(home, ".colima/default/docker.sock"), "Colima"],
    [join(home, ".orbstack/run/docker.sock"), "OrbStack"],
    [join(home, ".rd/docker.sock"), "Rancher Desktop"],
    ...(runtime === undefined ? [] : [[join(runtime, "podman/podman.sock"), "rootless Podman"] as const]),
    ["/run/podman/podman.sock", "Podman"],
  ];
  return places.map(([path, source]) => ({ url: `unix://${path}`, source }));
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
