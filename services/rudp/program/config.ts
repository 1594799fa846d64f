// Where the RUDP service of a testbed listens, for the service itself and for the commands that
// connect to it.

/** UDP port of the service. */
export const DEFAULT_PORT = 4000;
