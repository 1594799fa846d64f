// The tools of a measurement on running probes: a shell and a capture in each, the link's agent,
// and a share of the machine.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Engine } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";
import { requestService } from "../apply/request.ts";
import { whileHeld } from "./hold.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import type { Share } from "./share.ts";
import { openShell } from "./shell.ts";
import type { LinkUnderTest, Sample, Tools } from "./under-test.ts";

/**
 * A busy machine may keep tcpdump from some packets; then the sample is not whole, and is taken
 * again.
 */
const MAX_RECORDINGS = 5;

export interface OpenTools extends Tools {
  close(): void;
}

export async function openTools(
  engine: Engine,
  { container: link, ends }: LinkUnderTest,
  share: Share,
  onStep: (step: string) => void,
): Promise<OpenTools> {
  const shells = new Map(ends.map(({ container }) => [container, openShell(engine, container)]));
  const recorder = await startRecorder(engine, ends);
  return {
    onStep,
    share,
    async run(container, command, options) {
      const shell = shells.get(container);
      return shell === undefined ? runApart(engine, container, command) : shell.run(command, options);
    },
    record: (work, sample) => share(sample.packetsPerSecond, () => recordWhole(recorder, work, sample)),
    undelivered: () => requestService(engine, link, "link.counters", {}),
    whileBare: (work) => whileHeld(engine, link, "link.bare", { bare: true, held: true }, work),
    close() {
      for (const shell of shells.values()) shell.close();
      recorder.close();
    },
  };
}

async function recordWhole(recorder: Recorder, work: () => Promise<unknown>, sample: Sample) {
  for (let recordings = 1; ; recordings += 1) {
    const { missing, ...recording } = await recorder.record(work, sample);
    if (missing === 0) return recording;
    if (recordings === MAX_RECORDINGS) return { first: [], second: [] };
  }
}

/** In the link itself, which has no shell of ours. */
async function runApart(engine: Engine, container: string, command: readonly string[]): Promise<string> {
  const output = new PassThrough();
  const printed = text(output);
  await execute(engine, container, command, { output });
  output.end();
  return printed;
}
