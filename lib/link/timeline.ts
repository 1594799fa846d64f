// What a timeline of a link may be, whoever gives it: a scenario, a trace or a request.

/** Starting tc for the next step takes a guest 20 ms, on a busy machine more. */
export const LEAST_APART_MILLIS = 50;
export const LONGEST_TIMELINE_MILLIS = 86_400_000;
