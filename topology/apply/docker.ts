// The way to a Docker engine: dockerode behind a thin wrapper. Every call goes through `attempt`,
// which turns Docker's failures into RttlabErrors with stable codes.

import Docker from "dockerode";
import { type Endpoint, endpoints } from "../../bin/setup/docker-socket.mjs";
import { RttlabError } from "../../lib/errors.ts";
import { agreedVersion } from "./api-version.ts";

/** As engines name it among their security options. */
export type Remapping = "userns" | "rootless";

/** An engine that answers, with its description of itself. */
export interface Engine {
  docker: Docker;
  endpoint: Endpoint;
  /** Docker's own id of the engine. */
  id: string;
  version: string;
  /** Whether it is Podman, which speaks Docker's API. */
  isPodman: boolean;
  /** In npm's terms: x64, arm64; another machine's in Docker's. */
  architecture: string;
  kernelRelease: string;
  /** Of its machine. */
  processors: number;
  /** The reason why root of a container is another user than the machine's; null if it is none. */
  remapping: Remapping | null;
  /**
   * The queue of containers that this process connects to networks and disconnects
   * (network-turns.ts).
   */
  onNetworks: { last: Promise<void> };
}

const NPM_ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: "x64",
  amd64: "x64",
  aarch64: "arm64",
  arm64: "arm64",
};

/** Of options such as "name=seccomp,profile=builtin". */
export function remappingOf(options: readonly string[]): Remapping | null {
  const names = options.flatMap((option) => option.split(",")).map((word) => word.replace(/^name=/, ""));
  return (["rootless", "userns"] as const).find((name) => names.includes(name)) ?? null;
}

const ANSWER_WITHIN_MILLIS = 5000;

/**
 * The first engine that answers. Throws E_DOCKER_UNAVAILABLE with this system's cure if none does,
 * or if it shares no version of the API.
 */
export async function connectDocker(places?: Endpoint[]): Promise<Engine> {
  const candidates = places ?? endpoints();
  const refusals: string[] = [];
  for (const endpoint of candidates) {
    const unversioned = open(endpoint);
    try {
      await withinMillis(unversioned.ping(), ANSWER_WITHIN_MILLIS);
    } catch (error) {
      refusals.push(`${endpoint.url} (${endpoint.source}): ${reasonOf(error)}`);
      continue;
    }
    const range = await attempt("asking the engine for its version", unversioned.version());
    const docker = open(endpoint, `v${agreedVersion(range)}`);
    const info = await attempt("asking the engine what it is", docker.info());
    return {
      docker,
      endpoint,
      id: info.ID,
      version: info.ServerVersion,
      isPodman: (range.Components ?? []).some(({ Name }) => Name === "Podman Engine"),
      architecture: NPM_ARCHITECTURES[info.Architecture] ?? info.Architecture,
      kernelRelease: info.KernelVersion,
      processors: info.NCPU,
      remapping: remappingOf(info.SecurityOptions ?? []),
      onNetworks: { last: Promise.resolve() },
    };
  }
  const forbidden = refusals.some((refusal) => refusal.includes("EACCES"));
  throw new RttlabError(
    "E_DOCKER_UNAVAILABLE",
    `reaching Docker: no engine answers; ${dockerCure(process.platform, forbidden)}\n  tried ${refusals.join("\n  tried ")}`,
  );
}

/** How a person makes Docker answer on this system. */
export function dockerCure(platform: NodeJS.Platform, forbidden = false): string {
  if (platform === "darwin") return "start Docker Desktop (or run `colima start`), then try again";
  if (platform === "win32") return "start Docker Desktop with the WSL 2 engine, then try again";
  if (forbidden) return "this user may not: run `sudo usermod -aG docker $USER`, log in anew, then try again";
  return "install it (`sudo apt-get install docker.io iptables`) and start it (`sudo systemctl start docker`, or `sudo dockerd`)";
}

/** Codes by Docker's status, where the status of an operation has one meaning only. */
export type StatusCodes = Readonly<Record<number, string>>;

/**
 * Awaits an answer of Docker. Rejects with an RttlabError: the attempt, Docker's reason, a stable
 * code, which is that of the status among `codes`, else of Docker's words.
 */
export async function attempt<T>(what: string, work: Promise<T>, codes: StatusCodes = {}): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof RttlabError) throw cause;
    const code = errorCode(cause, codes);
    const cure = code === "E_DOCKER_UNAVAILABLE" ? `; ${dockerCure(process.platform)}` : (CURES[code] ?? "");
    throw new RttlabError(code, `${what}: ${reasonOf(cause)}${cure}`, { cause });
  }
}

/** Whether the error means that the thing does not exist (any more). */
export function isGone(error: unknown): boolean {
  const cause = error instanceof RttlabError ? error.cause : error;
  return (cause as { statusCode?: number } | undefined)?.statusCode === 404;
}

const UNREACHABLE = new Set(["ECONNREFUSED", "ENOENT", "EACCES", "ECONNRESET", "EPIPE", "ENOTFOUND", "ETIMEDOUT"]);

/**
 * Docker's messages for failures that people can act on, of engines from 20.10 to 28.5, with our
 * codes for them.
 */
const REASONS: readonly (readonly [words: RegExp, code: string])[] = [
  [
    /port is already allocated|bind for \S+ failed|failed to bind host port|listen tcp\S* \S+ bind: address already in use/i,
    "E_PORT_IN_USE",
  ],
  [/has active endpoints/i, "E_NETWORK_STUCK"],
  [/pool overlaps|overlaps with other one/i, "E_SUBNET_OVERLAP"],
  [/address already in use|no available IPv4 addresses/i, "E_ADDRESS_IN_USE"],
  [/no such image|pull access denied|manifest unknown/i, "E_IMAGE_MISSING"],
  [/already in use by container|network with name \S+ already exists/i, "E_NAME_CONFLICT"],
  [/no such container/i, "E_NO_CONTAINER"],
  [/network \S+ not found|no such network/i, "E_NO_NETWORK"],
  [/is not running|is paused/i, "E_NOT_RUNNING"],
  [/no space left on device/i, "E_NO_SPACE"],
];

/** How a person deals with a failure of Docker itself. */
const CURES: Readonly<Record<string, string>> = {
  E_NETWORK_STUCK:
    "; another container may be on it, or Docker counts one that is gone: `sudo systemctl restart docker` mends its count",
};

/** The stable code for an answer of Docker, or of the way to it. */
export function errorCode(error: unknown, codes: StatusCodes = {}): string {
  const {
    code,
    message = "",
    statusCode = 0,
  } = (error ?? {}) as {
    code?: string;
    message?: string;
    statusCode?: number;
  };
  if ((code !== undefined && UNREACHABLE.has(code)) || message.includes("socket hang up"))
    return "E_DOCKER_UNAVAILABLE";
  return codes[statusCode] ?? REASONS.find(([words]) => words.test(message))?.[1] ?? "E_DOCKER";
}

function reasonOf(error: unknown): string {
  const { json, message, code } = (error ?? {}) as { json?: { message?: string }; message?: string; code?: string };
  return json?.message ?? (message || code || String(error));
}

/** `version`: of the API, such as v1.41; without it the engine takes its newest. */
function open({ url, source }: Endpoint, version?: string): Docker {
  const spoken = version === undefined ? {} : { version };
  if (source === "DOCKER_HOST") return new Docker(spoken);
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(url)?.[1];
  if (socket !== undefined) return new Docker({ socketPath: socket, ...spoken });
  const { protocol, hostname, port, username } = new URL(url);
  const scheme = protocol === "ssh:" ? "ssh" : protocol === "https:" ? "https" : "http";
  return new Docker({ protocol: scheme, host: hostname, port: port || 2375, ...(username && { username }), ...spoken });
}

async function withinMillis<T>(work: Promise<T>, millis: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${millis} ms`)), millis);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
