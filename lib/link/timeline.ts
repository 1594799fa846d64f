// The bounds of a link's timeline, whether a scenario, a trace or a request gives it.

/** Starting tc for the next step takes a guest 20 ms, on a busy machine more. */
export const LEAST_APART_MILLIS = 50;
export const LONGEST_TIMELINE_MILLIS = 86_400_000;
/** Of one link; a trace of five rates a second is half an hour then. */
export const MOST_STEPS = 10_000;
/** The text of so many steps, each of which builds both directions anew, is not longer. */
export const LONGEST_TEXT_MEBIBYTES = 20;
