// Limits of a connection that hold in every structure, so that structures differ in nothing else.

/**
 * Above this, a slow reader gets no further answers made, and an event loop does not read from it.
 */
export const OUTPUT_LIMIT_BYTES = 262_144;
/** Above this, an event loop does not read from a peer that sends ahead of its answers. */
export const AHEAD_LIMIT_OCTETS = 65_536;
/** How much a peer may still send after our close. */
export const LINGER_LIMIT_OCTETS = 1_048_576;
/**
 * Interval of an event loop's pass over all connections, in place of a timer for each. A time-out
 * is late by that much at most.
 */
export const SWEEP_MILLIS = 100;
