// Where RUDP is to be found, for the service that serves there and the words that lead to it.

/** Where a RUDP endpoint of a testbed serves transfers. */
export const DEFAULT_PORT = 4000;
