// The text of a study whose runs take seconds.

export const SCENARIO = "one-path";

/** Runs of a second over a queue that holds all that the users can have under way. */
export const studyFile = (seconds: number, levels: string, repetitions: number) => `title: A small study
question: Does a load take its time?
hypothesis: It does not.
scenario: ${SCENARIO}
seed: 5
fixed:
  link.wan.rate: 20mbit
  link.wan.queue: 1000packets
  measure.kind: load
  measure.load.host: client
  measure.load.path: /files/100KiB
  measure.load.users: 4
  measure.load.seconds: ${seconds}
factors: {rtt: {levels: ${levels}, sets: link.wan.rtt}}
repetitions: ${repetitions}
`;
