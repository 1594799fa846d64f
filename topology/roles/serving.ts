// Properties that a host which serves has whoever wrote its server: the place of its endpoint, the
// seed of its site, and room for its workers.

import { HTTP_PORT } from "../../lib/contract/places.ts";
import type { Options } from "./options.ts";
import type { Endpoint } from "./role.ts";

/** Threads or processes of a server that blocks, where none are chosen. */
export const USUAL_WORKERS = 16;

export const SITE_ENVIRONMENT = { RTTLAB_SITE_SEED: "1" };

/** The most workers that a server's container has room for. */
export function roomForWorkers({ workers = "0" }: Options): number {
  return Number(workers) || USUAL_WORKERS;
}

/** `each`: the share of a worker. */
export function servingLimits(options: Options, each: { memoryBytes: number; pids: number }) {
  const workers = roomForWorkers(options);
  return { memoryBytes: 512 * 1024 ** 2 + workers * each.memoryBytes, pidsLimit: 256 + workers * each.pids };
}

export function servingEndpoint({ protocol, transport }: Options): Endpoint {
  const describe = (host: string, port: number) => `${host}:${port}`;
  if (transport === "rudp") return { name: protocol === "echo" ? "rudp-echo" : "rudp-http", port: HTTP_PORT, describe };
  return protocol === "echo"
    ? { name: "echo", port: HTTP_PORT, describe }
    : { name: "http", port: HTTP_PORT, describe: (host) => `http://${host}/` };
}
