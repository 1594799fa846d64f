// From a trace's lines to the course of each connection: its columns, the queue that it met, and
// its phases. Time begins at the connection's first sample, which is when it opens. Phases are
// those of RFC 5681: slow start below ssthresh, otherwise avoidance.

import type { Trace } from "../results.ts";
import type { ConnectionRow, QueueRow, TraceRow } from "./row.ts";

/** The longest course first. A connection with a single sample has none. */
export function coursesOf(rows: readonly TraceRow[]): Trace[] {
  const connections = rows.filter((row): row is ConnectionRow => row.kind === "tcp" || row.kind === "rudp");
  const queues = rows.filter((row) => row.kind === "queue");
  const courses = [...Map.groupBy(connections, ({ host, connection }) => `${host} ${connection}`).values()]
    .filter((samples) => samples.length > 1)
    .map((samples) => courseOf(samples, queues));
  return courses.sort((one, other) => other.seconds.length - one.seconds.length);
}

function courseOf(samples: readonly ConnectionRow[], queues: readonly QueueRow[]): Trace {
  const begin = samples[0]?.seconds ?? 0;
  const queue = fullest(queues);
  return {
    connection: samples[0]?.connection ?? "",
    kind: samples[0]?.kind ?? "tcp",
    seconds: samples.map(({ seconds }) => seconds - begin),
    cwndSegments: samples.map(({ cwndSegments }) => cwndSegments),
    ssthreshSegments: samples.map(({ ssthreshSegments }) => ssthreshSegments),
    srttMillis: samples.map(({ srttMillis }) => srttMillis),
    leastRttMillis: samples.map(({ leastRttMillis }) => leastRttMillis),
    inFlightSegments: samples.map(({ inFlightSegments }) => inFlightSegments),
    ackedBytes: samples.map(({ ackedBytes }) => ackedBytes),
    retransmissions: samples.map(({ resentSegments }) => resentSegments),
    ...(queue.length === 0 ? {} : queueColumns(samples, queue)),
    phases: phasesOf(samples, begin),
  };
}

/** Of the traced queues the one that matters: where most has waited. */
function fullest(queues: readonly QueueRow[]): QueueRow[] {
  const byPlace = [...Map.groupBy(queues, ({ link, direction }) => `${link} ${direction}`).values()];
  const peak = (rows: readonly QueueRow[]) => rows.reduce((most, { packets }) => Math.max(most, packets), 0);
  return byPlace.reduce<QueueRow[]>((most, rows) => (most.length === 0 || peak(rows) > peak(most) ? rows : most), []);
}

/** A queue's numbers hold until its next line. */
function queueColumns(samples: readonly ConnectionRow[], queue: readonly QueueRow[]) {
  let at = -1;
  const held = samples.map(({ seconds }) => {
    while (at + 1 < queue.length && (queue[at + 1]?.seconds ?? 0) <= seconds) at += 1;
    return queue[at];
  });
  return {
    queuePackets: held.map((row) => row?.packets ?? null),
    queueDrops: held.map((row) => row?.droppedPackets ?? null),
  };
}

function phasesOf(samples: readonly ConnectionRow[], begin: number): Trace["phases"] {
  const phases: { name: string; fromSeconds: number; toSeconds: number }[] = [];
  for (const sample of samples) {
    const [name, seconds] = [phaseOf(sample), sample.seconds - begin];
    const last = phases.at(-1);
    if (last !== undefined) last.toSeconds = seconds;
    if (last?.name !== name) phases.push({ name, fromSeconds: seconds, toSeconds: seconds });
  }
  return phases;
}

function phaseOf({ state, cwndSegments, ssthreshSegments }: ConnectionRow): string {
  if (state === "recovery" || state === "cwr") return "recovery";
  if (state === "loss") return "time-out";
  return ssthreshSegments === null || cwndSegments < ssthreshSegments ? "slow start" : "congestion avoidance";
}
