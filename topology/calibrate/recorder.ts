// Captures at both ends of a link that run while it is measured. A sample is what they saw between
// two moments, once tcpdump has written everything and each packet has arrived, is lost by the
// link's own counters, or has had the time to arrive.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";
import {
  CAPTURE_COMMAND,
  type CaptureCounts,
  captureReader,
  parseCaptureCounts,
  type Sighting,
  unseenBy,
} from "./capture.ts";
import type { Undelivered } from "./measurements/conservation.ts";
import type { End, Recording, Sample, Tools } from "./under-test.ts";

/** How often to check whether everything sent has arrived. */
const LOOK_MILLIS = 10;
/** Packets on their way are late by this at most, where no counter says what became of them. */
const LATE_MILLIS = 150;
/** A tcpdump silent for this long is in a paused container. */
const SILENT_MILLIS = 20_000;

export interface Recorder {
  /** The packets of the work; `missing`: packets that tcpdump had no time for. */
  record(work: () => Promise<unknown>, sample: Sample): Promise<Recording & { missing: number }>;
  close(): void;
}

/** Resolves once packets are seen at both ends. */
export async function startRecorder(
  engine: Engine,
  ends: readonly [End, End],
  undelivered: Tools["undelivered"],
): Promise<Recorder> {
  const [first, second] = await Promise.all([startCapture(engine, ends[0]), startCapture(engine, ends[1])]);
  const captures = [first, second];
  const catchUp = () => Promise.all(captures.map((capture) => capture.catchUp()));
  const unseen = () => ({
    forward: unseenBy(second.seen, first.seen, ends[0].address),
    backward: unseenBy(first.seen, second.seen, ends[1].address),
  });
  return {
    async record(work, { onTheWayMillis }) {
      const [before, then] = await Promise.all([catchUp(), undelivered()]);
      for (const { seen } of captures) seen.length = 0;
      await work();
      await catchUp();
      const endMillis = performance.now() + onTheWayMillis + LATE_MILLIS;
      for (;;) {
        const { forward, backward } = unseen();
        if (forward + backward === 0 || performance.now() > endMillis) break;
        const now = await undelivered();
        if (forward <= discarded(now.forward, then.forward) && backward <= discarded(now.backward, then.backward))
          break;
        await sleep(LOOK_MILLIS);
      }
      const after = await catchUp();
      const missing = after.reduce((sum, { dropped }, at) => sum + dropped - (before[at]?.dropped ?? 0), 0);
      return { first: [...first.seen], second: [...second.seen], missing };
    },
    close() {
      for (const capture of captures) capture.close();
    },
  };
}

/** Packets that the link has discarded since then. */
function discarded(now: Undelivered, then: Undelivered): number {
  return now.lost + now.dropped + now.missed - then.lost - then.dropped - then.missed;
}

interface Capture {
  /** Grows as tcpdump writes. */
  seen: Sighting[];
  /** Resolves once all that has passed so far is in `seen`. */
  catchUp(): Promise<CaptureCounts>;
  close(): void;
}

async function startCapture(engine: Engine, { container }: End): Promise<Capture> {
  const [input, output, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { promise: gone, reject: lose } = Promise.withResolvers<never>();
  gone.catch(() => {});
  const fail = (reason: string) => new RttlabError("E_MEASUREMENT", `capturing in ${container}: ${reason}`);
  const ended = execute(engine, container, CAPTURE_COMMAND, { input, output, errors });
  ended.then(() => lose(fail(`tcpdump has ended: ${said.join("; ")}`)), lose);
  const seen: Sighting[] = [];
  const said: string[] = [];
  const read = captureReader();
  let written = 0;
  const take = (piece: Buffer) => {
    const sightings = read(piece);
    written += sightings.length;
    for (const sighting of sightings) if (sighting !== null) seen.push(sighting);
  };
  output.on("data", (piece: Buffer) => {
    try {
      take(piece);
    } catch (error) {
      output.removeAllListeners("data").resume();
      lose(error);
    }
  });
  const lines = createInterface({ input: errors }).on("line", (line) => said.push(line));
  const next = async (isIt: (line: string) => boolean): Promise<void> => {
    const silent = AbortSignal.timeout(SILENT_MILLIS);
    while (!said.some(isIt)) {
      await Promise.race([once(lines, "line", { signal: silent }), gone]).catch((error) => {
        throw silent.aborted ? fail("tcpdump does not answer") : error;
      });
    }
  };
  const counts = async (): Promise<CaptureCounts> => {
    said.length = 0;
    input.write("count\n");
    await next((line) => parseCaptureCounts(line) !== undefined);
    return said.map(parseCaptureCounts).find((each) => each !== undefined) as CaptureCounts;
  };
  await next((line) => line.includes("listening on"));
  // Packets from before tcpdump had its filter count as received and are never captured.
  const start = await counts();
  const unseen = start.received - start.dropped - start.captured;
  return {
    seen,
    async catchUp() {
      for (;;) {
        const now = await counts();
        if (now.captured + now.dropped + unseen >= now.received && written >= now.captured) return now;
        await Promise.race([sleep(LOOK_MILLIS), gone]);
      }
    },
    close: () => input.end(),
  };
}
