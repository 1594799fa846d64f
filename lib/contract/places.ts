// Where things are in every container by the contract (docs/container-contract.md): named here once, for the services
// that are found there and for those who look for them.

/** The Unix socket on which a service takes requests. */
export const CONTROL_SOCKET = "/run/rttlab/control.sock";

/** The client that an exec starts to make one request (request.ts), as images have it. */
export const REQUEST_CLIENT = "/rttlab/lib/contract/request.ts";

/** Every service serves GET /metrics here, on its management address. */
export const METRICS_PORT = 9100;
