// Paths and ports that the contract fixes in every container (docs/container-contract.md), for
// services and their clients.

/** The Unix socket on which a service takes requests. */
export const CONTROL_SOCKET = "/run/rttlab/control.sock";

/** The client that an exec starts to make one request (request.ts), as images have it. */
export const REQUEST_CLIENT = "/rttlab/lib/contract/request.ts";

/** Every service serves GET /metrics here, on its management address. */
export const METRICS_PORT = 9100;
