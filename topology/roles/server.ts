// A host that serves: HTTP, with a generated site, or echo (services/server). With `peer` a server
// that we did not write takes its place.

import type { Options, RoleOption } from "./options.ts";
import { PEER_NAMES, peerContradictions, peerHost } from "./peers/table.ts";
import type { HostRoleSpec } from "./role.ts";
import ownOptions from "./server-options.json" with { type: "json" };
import { roomForWorkers, SITE_ENVIRONMENT, servingEndpoint, servingLimits } from "./serving.ts";

/** A process of Node has eleven threads, and takes 40 to 60 MiB beside what all of them share. */
const WORKER = { memoryBytes: 64 * 1024 ** 2, pids: 16 };

/** Values that our server refuses over RUDP, by option; services/server/config.ts says why. */
const NOT_OVER_RUDP: Readonly<Record<string, readonly string[]>> = {
  nodelay: ["off"],
  writes: ["parts"],
};

const peer: RoleOption = {
  variable: "RTTLAB_PEER",
  help: "server of others in place of ours (docs/peers.md)",
  usual: "none",
  values: [...PEER_NAMES],
  isFixed: true,
};
const options: Readonly<Record<string, RoleOption>> = { ...ownOptions, peer };

export const server = {
  image: "server",
  command: ["node", "/rttlab/services/server/main.ts"],
  environment: SITE_ENVIRONMENT,
  options,
  contradictions: (chosen) => {
    if (chosen.peer !== undefined) return peerContradictions(chosen);
    return [...idleContradictions(chosen), ...transportContradictions(chosen)];
  },
  instead: (chosen) => peerHost(chosen, options),
  limits: (chosen) => servingLimits(chosen, WORKER),
  threads: (chosen) => {
    const { structure = ownOptions.structure.usual, workers = ownOptions.workers.usual } = chosen;
    const threads = options.structure?.threads?.[structure];
    if (threads === "one") return 1;
    return threads === "one per core" && Number(workers) === 0 ? Number.POSITIVE_INFINITY : roomForWorkers(chosen);
  },
  hasMetrics: true,
  endpoint: servingEndpoint,
  background: null,
} satisfies HostRoleSpec;

function idleContradictions({ "idle-min-ms": least, "idle-max-ms": most }: Options) {
  const [minimum, maximum] = [least ?? ownOptions["idle-min-ms"].usual, most ?? ownOptions["idle-max-ms"].usual];
  if (Number(minimum) <= Number(maximum)) return [];
  const option = least === undefined ? "idle-max-ms" : "idle-min-ms";
  return [{ option, message: `${minimum} ms at least are more than ${maximum} ms at most` }];
}

function transportContradictions(chosen: Options) {
  if (chosen.transport !== "rudp") return [];
  return Object.entries(NOT_OVER_RUDP)
    .filter(([option, values]) => values.includes(chosen[option] ?? ""))
    .map(([option]) => ({ option, message: `${chosen[option]} cannot be with the transport rudp` }));
}
