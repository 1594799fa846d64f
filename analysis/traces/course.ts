// From a trace's lines to the course of each connection: its columns, the queues that it met, and
// its phases. Time begins at the connection's first sample, which is when it opens. Phases are
// those of RFC 5681: slow start below ssthresh, otherwise avoidance.

import type { Trace } from "../results.ts";
import type { ConnectionRow, QueueRow, TraceRow } from "./row.ts";
import { sum } from "./samples.ts";

/**
 * The queues on the way of packets from one host to another, such as `wan backward`; null: the way
 * is not known.
 */
export type QueuesBetween = (from: string, to: string) => readonly string[] | null;

/** The longest course first. A connection with a single sample has none. */
export function coursesOf(rows: readonly TraceRow[], queuesBetween: QueuesBetween): Trace[] {
  const connections = rows.filter((row): row is ConnectionRow => row.kind === "tcp" || row.kind === "rudp");
  const queues = Map.groupBy(
    rows.filter((row) => row.kind === "queue"),
    ({ link, direction }) => `${link} ${direction}`,
  );
  const courses = [...Map.groupBy(connections, ({ host, connection }) => `${host} ${connection}`).values()]
    .filter((samples) => samples.length > 1)
    .map((samples) => courseOf(samples, queuesOf(samples, queues, queuesBetween)));
  return courses.sort((one, other) => other.seconds.length - one.seconds.length);
}

function courseOf(samples: readonly ConnectionRow[], queues: Queues): Trace {
  const begin = samples[0]?.seconds ?? 0;
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
    ...(queues.size === 0 ? {} : queueColumns(samples, queues)),
    phases: phasesOf(samples, begin),
  };
}

type Queues = ReadonlyMap<string, readonly QueueRow[]>;

/** The traced queues on the way of what the connection's own end sends; all if that is unknown. */
function queuesOf([sample]: readonly ConnectionRow[], traced: Queues, queuesBetween: QueuesBetween): Queues {
  const peer = / to (.+):/.exec(sample?.connection ?? "")?.[1] ?? "";
  const met = queuesBetween(sample?.host ?? "", peer);
  return met === null ? traced : new Map([...traced].filter(([place]) => met.includes(place)));
}

function queueColumns(samples: readonly ConnectionRow[], queues: Queues) {
  const held = [...queues].map(([place, rows]) => ({ place, rows: heldAt(samples, rows) }));
  const packets = (at: number) => held.flatMap(({ rows }) => rows[at]?.packets ?? []);
  return {
    queuePackets: samples.map((_, at) => (packets(at).length === 0 ? null : sum(packets(at)))),
    queueDrops: Object.fromEntries(
      held.map(({ place, rows }) => [place, rows.map((row) => row?.droppedPackets ?? null)]),
    ),
  };
}

/** A queue's numbers hold until its next line. */
function heldAt(samples: readonly ConnectionRow[], queue: readonly QueueRow[]): (QueueRow | undefined)[] {
  let at = -1;
  return samples.map(({ seconds }) => {
    while (at + 1 < queue.length && (queue[at + 1]?.seconds ?? 0) <= seconds) at += 1;
    return queue[at];
  });
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
