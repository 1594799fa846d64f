// How far a normal error may go before a check is called outside.

/** A normal error exceeds this many standard errors once in 16,000. */
export const ERRORS = 4;
