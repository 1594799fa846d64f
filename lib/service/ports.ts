// Ports of the container contract (docs/container-contract.md) that a plan names as well as the services that listen there.

/** Every service serves GET /metrics here, on its management address. */
export const METRICS_PORT = 9100;
