// The tools of a measurement on running probes: a shell in each and in the link, a capture in each,
// the link's agent, and a share of the machine.

import type { Engine } from "../apply/docker.ts";
import { openRelays } from "../apply/relay.ts";
import { type Ask, whileHeld } from "./hold.ts";
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
  /** Requests of the link's agent. */
  ask: Ask;
  close(): Promise<void>;
}

export async function openTools(
  engine: Engine,
  { container: link, ends }: LinkUnderTest,
  share: Share,
  onStep: (step: string) => void,
): Promise<OpenTools> {
  const places = [...ends.map(({ container }) => container), link];
  const shells = new Map(places.map((container) => [container, openShell(engine, container)]));
  const shellIn = (container: string) => {
    const shell = shells.get(container);
    if (shell === undefined) throw new TypeError(`no shell was opened in ${container}`);
    return shell;
  };
  const relays = openRelays(engine);
  const closeAll = async () => {
    for (const shell of shells.values()) shell.close();
    await relays[Symbol.asyncDispose]();
  };
  const undelivered = () => relays.request(link, "link.counters", {});
  const recorder = await startRecorder(engine, ends, undelivered).catch(async (error) => {
    await closeAll();
    throw error;
  });
  return {
    onStep,
    share,
    ask: relays.request,
    run: async (container, command, options) => shellIn(container).run(command, options),
    attempt: async (container, command, options) => shellIn(container).attempt(command, options),
    record: (work, sample) => share(sample.packetsPerSecond, () => recordWhole(recorder, work, sample)),
    undelivered,
    whileBare: (work) => whileHeld(relays.request, link, "link.bare", { bare: true, held: true }, work),
    whileRoomy: (packets, work) => whileHeld(relays.request, link, "link.room", { packets }, work),
    async close() {
      recorder.close();
      await closeAll();
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
