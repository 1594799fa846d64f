// Phenomena in the trace of a run that a model may leave out, with their figures: time-outs,
// recoveries, a slow start that ends early, and so on. A model names those that it leaves out and
// those that it counts on (analysis/models/model.ts), so that a report can hold a trace against the
// model that failed. The phases are those of course.ts; RFC 5681 has most of the events.

import { digits, numbered } from "../format.ts";
import type { Trace } from "../results.ts";
import { median } from "../stats/summary.ts";
import {
  byTime,
  columnsOf,
  extreme,
  isRepairing,
  leastRttOf,
  percent,
  phaseAt,
  roundTripsIn,
  stretchesOf,
  sum,
} from "./samples.ts";

export type Phenomenon =
  | "time-outs"
  | "recoveries"
  | "segments sent again"
  | "drops of the queue"
  | "longer round trips"
  | "an early end of slow start"
  | "a window that stood still in slow start"
  | "a window that was not filled"
  | "a window that was not used"
  | "idle restarts"
  | "delayed acknowledgements";

export interface Sighting {
  phenomenon: Phenomenon;
  /** Whether the trace shows it. */
  isSeen: boolean;
  /** The figures, as part of a sentence: `3 time-outs, 2.1 % of the time`. */
  text: string;
}

/** Every phenomenon of which the traces of runs can tell, seen or not, over all connections. */
export function sightings(runs: readonly (readonly Trace[])[]): Sighting[] {
  const traces = runs.flat();
  return LOOKS.flatMap(([phenomenon, look]) => {
    const found = look(traces, runs);
    return found === null ? [] : [{ phenomenon, ...found }];
  });
}

/** null: the traces lack the column. */
type Look = (traces: readonly Trace[], runs: readonly (readonly Trace[])[]) => Omit<Sighting, "phenomenon"> | null;

const LOOKS: readonly (readonly [Phenomenon, Look])[] = [
  ["time-outs", (traces) => phaseSighting(traces, "time-out", "time-outs")],
  ["recoveries", (traces) => phaseSighting(traces, "recovery", "recoveries")],
  ["segments sent again", resentSighting],
  ["drops of the queue", (_, runs) => dropSighting(runs)],
  ["longer round trips", roundTripSighting],
  ["an early end of slow start", earlyEndSighting],
  ["a window that stood still in slow start", stillSighting],
  ["a window that was not filled", unfilledSighting],
  ["a window that was not used", unusedSighting],
  ["idle restarts", idleSighting],
  ["delayed acknowledgements", delayedSighting],
];

function phaseSighting(traces: readonly Trace[], phase: "time-out" | "recovery", many: string): ReturnType<Look> {
  const found = traces.flatMap(({ phases }) => phases).filter(({ name }) => name === phase);
  const share = sum(found.map(lengthOf)) / sum(traces.map(({ seconds }) => seconds.at(-1) ?? 0));
  const text =
    found.length === 0 ? `no ${many}` : `${numbered(found.length, phase, many)}, ${percent(share)} of the time`;
  return { isSeen: found.length > 0, text };
}

function lengthOf({ fromSeconds, toSeconds }: Trace["phases"][number]): number {
  return toSeconds - fromSeconds;
}

function resentSighting(traces: readonly Trace[]): ReturnType<Look> {
  const columns = columnsOf(traces, "retransmissions");
  if (columns.length === 0) return null;
  const resent = sum(columns.map((column) => (column.at(-1) ?? 0) - (column[0] ?? 0)));
  return { isSeen: resent > 0, text: `${numbered(resent, "segment")} sent again` };
}

/** The connections of a run share queues, whose counts begin anew when a cell is set. */
function dropSighting(runs: readonly (readonly Trace[])[]): ReturnType<Look> {
  const columns = runs.map((traces) => traces.flatMap(({ queueDrops }) => Object.entries(queueDrops ?? {})));
  const counted = columns.flatMap((ofRun) =>
    [...Map.groupBy(ofRun, ([place]) => place)].map(([place, ofPlace]) => ({
      place,
      counts: ofPlace.flatMap(([, column]) => column.filter((drops) => drops !== null)),
    })),
  );
  const known = counted.filter(({ counts }) => counts.length > 0);
  if (known.length === 0) return null;
  const dropped = sum(known.map(({ counts }) => extreme(Math.max, counts) - extreme(Math.min, counts)));
  const many = new Set(known.map(({ place }) => place)).size > 1;
  return { isSeen: dropped > 0, text: `${numbered(dropped, "packet")} dropped by the queue${many ? "s" : ""}` };
}

/** Below this, a median above the least round trip is the smoothing of the estimate. */
const LONGER_RATIO = 1.05;

function roundTripSighting(traces: readonly Trace[]): ReturnType<Look> {
  const smoothed = columnsOf(traces, "srttMillis").flatMap((column) => column.filter((rtt) => rtt !== null));
  const timed = columnsOf(traces, "leastRttMillis").flatMap((column) => column.filter((rtt) => rtt !== null));
  if (smoothed.length === 0) return null;
  const [usual, least] = [median(smoothed), extreme(Math.min, [...smoothed, ...timed])];
  const text = `a round trip of ${digits(usual)} ms in the median, the least being ${digits(least)} ms`;
  return { isSeen: usual > LONGER_RATIO * least, text };
}

/** ssthresh is set before anything was sent again: HyStart (RFC 9406) by the delay alone. */
function earlyEndSighting(traces: readonly Trace[]): ReturnType<Look> {
  const ends = traces.flatMap((trace) => {
    const { ssthreshSegments, retransmissions, cwndSegments, queuePackets } = trace;
    if (ssthreshSegments === undefined || retransmissions === undefined) return [];
    const at = ssthreshSegments.findIndex((threshold) => threshold !== null);
    const isByDelay = at > 0 && retransmissions[at] === retransmissions[0] && !isRepairing(trace, at);
    return isByDelay ? [{ window: cwndSegments[at] as number, waiting: queuePackets?.[at] ?? null }] : [];
  });
  if (columnsOf(traces, "ssthreshSegments").length === 0) return null;
  if (ends.length === 0) return { isSeen: false, text: "no slow start that ended without a loss" };
  const waiting = ends.flatMap((end) => (end.waiting === null ? [] : [end.waiting]));
  const beside = waiting.length === 0 ? "" : `, with ${digits(median(waiting))} packets in the queue`;
  const window = digits(median(ends.map((end) => end.window)));
  const of = ends.length === 1 ? "" : ` in the median of ${ends.length} connections`;
  return { isSeen: true, text: `slow start left at ${window} segments without a loss${of}${beside}` };
}

/** Of slow start, which doubles the window each round trip; a sample may come late. */
const STILL_ROUND_TRIPS = 2;

/** The longest time in slow start in which data were on their way and the window did not grow. */
function stillSighting(traces: readonly Trace[]): ReturnType<Look> {
  const stretches = traces.flatMap((trace) => {
    const { inFlightSegments, cwndSegments } = trace;
    if (inFlightSegments === undefined) return [];
    const isGrowing = (at: number) => inFlightSegments[at] !== 0 && phaseAt(trace, at) === "slow start";
    return stretchesOf(trace, isGrowing, (at) => cwndSegments[at]).map(({ from, to }) => ({
      roundTrips: roundTripsIn(trace, from, to),
      window: cwndSegments[from] as number,
      inFlight: extreme(Math.max, inFlightSegments.slice(from, to + 1)),
    }));
  });
  if (columnsOf(traces, "inFlightSegments").length === 0) return null;
  const longest = longestOf(stretches);
  if (longest.roundTrips < STILL_ROUND_TRIPS)
    return { isSeen: false, text: "no window that stood still in slow start" };
  const { roundTrips, window, inFlight } = longest;
  const text = `a window that stood at ${digits(window)} segments for ${digits(roundTrips)} round trips of slow start, at most ${inFlight} of them in flight`;
  return { isSeen: true, text };
}

interface Stretch {
  roundTrips: number;
  window: number;
  inFlight: number;
}

function longestOf(stretches: readonly Stretch[]): Stretch {
  const none: Stretch = { roundTrips: 0, window: 0, inFlight: 0 };
  return stretches.reduce((most, one) => (one.roundTrips > most.roundTrips ? one : most), none);
}

/** A program may write in pieces for half a round trip, and a few segments say little. */
const UNFILLED_ROUND_TRIPS = 0.6;
const UNFILLED_SHARE = 0.9;
const UNFILLED_SEGMENTS = 3;

/** The longest time in which as many were in flight, less than the window, before more came. */
function unfilledSighting(traces: readonly Trace[]): ReturnType<Look> {
  const stretches = byTime(traces).flatMap((trace) => {
    const { inFlightSegments, cwndSegments } = trace;
    if (inFlightSegments === undefined) return [];
    const mostFrom = [...inFlightSegments];
    for (let at = mostFrom.length - 2; at >= 0; at -= 1)
      mostFrom[at] = Math.max(mostFrom[at] as number, mostFrom[at + 1] as number);
    const isUnfilled = (at: number) => {
      const [inFlight, window] = [inFlightSegments[at] as number, cwndSegments[at] as number];
      const hasRoom = inFlight < UNFILLED_SHARE * window && inFlight <= window - UNFILLED_SEGMENTS;
      return inFlight > 0 && hasRoom && !isRepairing(trace, at);
    };
    return stretchesOf(trace, isUnfilled, (at) => `${inFlightSegments[at]} ${cwndSegments[at]}`)
      .filter(({ to }) => (mostFrom[to] as number) > (inFlightSegments[to] as number))
      .map(({ from, to }) => ({
        roundTrips: roundTripsIn(trace, from, to),
        window: cwndSegments[from] as number,
        inFlight: inFlightSegments[from] as number,
      }));
  });
  if (columnsOf(byTime(traces), "inFlightSegments").length === 0) return null;
  const longest = longestOf(stretches);
  if (longest.roundTrips < UNFILLED_ROUND_TRIPS) return { isSeen: false, text: "no window that was not filled" };
  const { roundTrips, window, inFlight } = longest;
  const text = `${inFlight} segments in flight for ${digits(roundTrips)} round trips, with a window of ${digits(window)} and more to come: the sender's buffer or its program bounded it`;
  return { isSeen: true, text };
}

/** Of the time, outside of repairs, with less than half of the window in flight. */
const UNUSED_SHARE = 0.1;

function unusedSighting(traces: readonly Trace[]): ReturnType<Look> {
  let [unused, whole] = [0, 0];
  for (const trace of byTime(traces)) {
    const { inFlightSegments, cwndSegments, seconds } = trace;
    if (inFlightSegments === undefined) continue;
    for (let at = 0; at + 1 < seconds.length; at += 1) {
      if (isRepairing(trace, at)) continue;
      const length = (seconds[at + 1] as number) - (seconds[at] as number);
      whole += length;
      if (2 * (inFlightSegments[at] as number) < (cwndSegments[at] as number)) unused += length;
    }
  }
  if (whole === 0) return null;
  const text = `less than half of the window in flight in ${percent(unused / whole)} of the time: the application or the receiver's window bounded it`;
  return { isSeen: unused / whole > UNUSED_SHARE, text };
}

/** The window falls though nothing was lost, after nothing was in flight: RFC 5681, section 4.1. */
function idleSighting(traces: readonly Trace[]): ReturnType<Look> {
  const restarts = traces.flatMap((trace) => {
    const { inFlightSegments, retransmissions, cwndSegments } = trace;
    if (inFlightSegments === undefined || retransmissions === undefined) return [];
    return cwndSegments.flatMap((window, at) => {
      const before = cwndSegments[at - 1];
      const isIdle = at > 0 && inFlightSegments[at - 1] === 0 && retransmissions[at] === retransmissions[at - 1];
      const isRestart = isIdle && !isRepairing(trace, at) && !isRepairing(trace, at - 1);
      return before !== undefined && isRestart && window < before ? [{ before, window }] : [];
    });
  });
  if (columnsOf(traces, "inFlightSegments").length === 0) return null;
  if (restarts.length === 0) return { isSeen: false, text: "no idle restarts" };
  const [from, to] = [restarts.map(({ before }) => before), restarts.map(({ window }) => window)].map(median);
  return {
    isSeen: true,
    text: `${numbered(restarts.length, "idle restart")}, from ${digits(from as number)} to ${digits(to as number)} segments in the median`,
  };
}

/** A receiver may wait half a second (RFC 1122); Linux waits 40 ms at least. */
const DELAYED_MILLIS = 30;
/** A receiver acknowledges every second full segment at once. */
const FEW_SEGMENTS = 2;

/**
 * One or two segments that wait for their acknowledgement much longer than a round trip. They are
 * the same ones while nothing more is acknowledged. Behind others in the queue they wait for those.
 */
function delayedSighting(traces: readonly Trace[]): ReturnType<Look> {
  const sampled = byTime(traces);
  const waits = sampled.flatMap((trace) => {
    const { inFlightSegments, ackedBytes, queuePackets, seconds } = trace;
    if (inFlightSegments === undefined || ackedBytes === undefined) return [];
    const isFew = (at: number) => {
      const inFlight = inFlightSegments[at] as number;
      return inFlight > 0 && inFlight <= FEW_SEGMENTS && !isRepairing(trace, at);
    };
    return stretchesOf(trace, isFew, (at) => `${inFlightSegments[at]} ${ackedBytes[at]}`)
      .filter(({ from }) => (queuePackets?.[from] ?? 0) === 0)
      .map(({ from, to }) => 1000 * ((seconds[to] as number) - (seconds[from] as number)) - leastRttOf(trace))
      .filter((millis) => millis > DELAYED_MILLIS);
  });
  if (columnsOf(sampled, "ackedBytes").length === 0) return null;
  if (waits.length === 0) return { isSeen: false, text: "no delayed acknowledgements" };
  const text = `${numbered(waits.length, "acknowledgement")} that came ${digits(median(waits))} ms later than a round trip in the median`;
  return { isSeen: true, text };
}
