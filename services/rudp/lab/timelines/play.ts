// Plays a timeline and compares: every segment that our end sends must be expected, in order and at
// its time, and no expected one may be missing.

import { abort, close, flush, readInto, snapshot, write } from "../../protocol/connection/connection.ts";
import { connect } from "../../protocol/port/port.ts";
import { type Line, readSegmentWords, type Timeline } from "./script.ts";
import { createStage, drain, type Emitted, establish, inject, passTime, resume, type Stage } from "./stage.ts";

/**
 * Plays it to its end. Throws an Error that begins with file:line at the first difference from the
 * script.
 */
export function play(timeline: Timeline): void {
  const stage = createStage(timeline.options);
  let at: Line | undefined;
  try {
    for (const line of timeline.lines) {
      at = line;
      passTime(stage, line.atMillis);
      if (line.verb === ">") expectSegments(stage, line);
      else {
        expectNothing(stage);
        perform(stage, line);
      }
    }
    expectNothing(stage);
  } catch (error) {
    const where = `${timeline.file}:${at?.line ?? 0}`;
    throw new Error(`${where}: ${(error as Error).message}\n    ${at?.text}\n    in "${timeline.title}"`, {
      cause: error,
    });
  }
}

function perform(stage: Stage, { verb, words }: Line): void {
  const number = Number(words[0] ?? 0);
  const act = ACTIONS[verb];
  if (act !== undefined) {
    act(stage, number, words);
    drain(stage);
    return;
  }
  const look = OBSERVATIONS[verb];
  if (look === undefined) throw new Error(`unknown verb ${verb}`);
  const found = look(stage, words);
  const wanted = words.at(-1) as string;
  const isEqual = typeof found === "number" ? Math.abs(found - Number(wanted)) < 0.005 : found === wanted;
  if (!isEqual) throw new Error(`${verb} is ${found}, not ${wanted}`);
}

const ACTIONS: Record<string, (stage: Stage, number: number, words: string[]) => void> = {
  "<": (stage, _, words) => inject(stage, words),
  open: (stage) => {
    stage.connection = connect(stage.port, stage.peer.address, stage.nowMillis);
  },
  established: (stage, _, words) => establish(stage, wordValue(words, "rtt", 100), wordValue(words, "win", 1000)),
  write: (stage, bytes) => expectEqual("bytes taken", write(of(stage), new Uint8Array(bytes)), bytes),
  flush: (stage) => flush(of(stage)),
  close: (stage) => close(of(stage)),
  abort: (stage) => abort(of(stage)),
  stall: (stage) => {
    stage.isStalled = true;
  },
  resume,
  read: (stage, bytes) => expectEqual("bytes read", readInto(of(stage), new Uint8Array(bytes)), bytes),
};

const OBSERVATIONS: Record<string, (stage: Stage, words: string[]) => number | string> = {
  cwnd: (stage) => of(stage).congestion.windowSegments,
  ssthresh: (stage) => of(stage).congestion.thresholdSegments,
  state: (stage) => of(stage).state,
  phase: (stage) => of(stage).recovery.phase,
  rto: (stage) => snapshot(of(stage)).rtoMillis,
  srtt: (stage) => of(stage).rtt.smoothedMillis,
  rttvar: (stage) => of(stage).rtt.variationMillis,
  inflight: (stage) => snapshot(of(stage)).inFlightSegments,
  readable: (stage) => of(stage).receive.readableBytes,
  failure: (stage) => String(of(stage).failure),
  path: (stage) => of(stage).path,
  connections: (stage) => stage.port.connections.size,
  counter: (stage, [name]) => (of(stage).counters as unknown as Record<string, number>)[name as string] ?? Number.NaN,
  dropped: (stage, [name]) => (stage.port.counters as Record<string, number>)[name as string] ?? Number.NaN,
};

function expectSegments(stage: Stage, line: Line): void {
  const { flags, first, last, fields, sack } = readSegmentWords(line.words);
  const names = flags.join(" ");
  for (let index = first; index <= last; index++) {
    const found = stage.emitted.shift();
    if (found === undefined) throw new Error(`nothing was sent, segment ${index} was expected`);
    if (Math.abs(found.atMillis - line.atMillis) > 0.002) throw new Error(`at another time: ${describe(found)}`);
    const differs =
      sorted(found.flags) !== sorted(names) ||
      found.index !== index ||
      Object.entries(fields).some(([key, value]) => key !== "sack" && !agrees(found, key, value)) ||
      (fields.sack !== undefined && found.sack !== sack.map((block) => block.join("-")).join(" "));
    if (differs) throw new Error(`sent instead: ${describe(found)}`);
  }
}

function agrees(found: Emitted, key: string, value: string): boolean {
  if (key === "from") return found.to === value;
  return found[key as "ack" | "win" | "len" | "wireseq" | "wireack" | "echo"] === Number(value);
}

function expectNothing(stage: Stage): void {
  const [found] = stage.emitted;
  if (found !== undefined) throw new Error(`before this, unexpected: ${describe(found)}`);
}

function describe({ atMillis, flags, index, ack, win, len, sack }: Emitted): string {
  return `${atMillis.toFixed(3)} > ${flags} ${index} ack ${ack} win ${win} len ${len}${sack === "" ? "" : ` sack ${sack}`}`;
}

function expectEqual(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what}: ${found}, not ${wanted}`);
}

function of(stage: Stage) {
  if (stage.connection === null) throw new Error("there is no connection yet");
  return stage.connection;
}

function wordValue(words: readonly string[], key: string, otherwise: number): number {
  const word = words.find((each) => each.startsWith(`${key}=`));
  return word === undefined ? otherwise : Number(word.slice(key.length + 1));
}

function sorted(flags: string): string {
  return flags.split(" ").sort().join(" ");
}
