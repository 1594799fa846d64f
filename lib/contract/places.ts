// Paths and ports that the contract fixes in every container (docs/container-contract.md), for
// services and their clients.

/** A folder of its own for the Unix socket on which a service takes requests. */
export const CONTROL_FOLDER = "/run/rttlab";
export const CONTROL_SOCKET = `${CONTROL_FOLDER}/control.sock`;

/** The client that an exec starts to make one request (request.ts), as images have it. */
export const REQUEST_CLIENT = "/rttlab/lib/contract/request.ts";
/** The same for many requests, one exec for all (relay.ts). */
export const RELAY = "/rttlab/lib/contract/relay.ts";

/** Samples queues or connections at intervals, in the language that guests have. */
export const SAMPLER = "/rttlab/lib/trace/sample.pl";

/** Every service serves GET /metrics here, on its management address. */
export const METRICS_PORT = 9100;

/** Hosts within the same other one: the ports of the nth of them are n higher. */
export const MOST_WITHIN = 100;

/** Where a server and a RUDP endpoint listen on their data address. */
export const HTTP_PORT = 80;
export const RUDP_PORT = 4000;

/** Where `usage` finds the machine's own /sys/fs/cgroup and /proc, read-only. */
export const MACHINE_FILES = { cgroups: "/host/cgroup", processes: "/host/proc" } as const;
