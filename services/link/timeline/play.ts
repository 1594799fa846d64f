// Plays a timeline where the qdiscs are: the steps are handed over as a file, and play.pl keeps the
// times. A guest sees the files of its container.

import { rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PlayedStep } from "../../../lib/contract/link.ts";
import { CONTROL_FOLDER } from "../../../lib/contract/places.ts";
import { RttlabError } from "../../../lib/errors.ts";
import type { Backend } from "../backend.ts";

const PLAYER = fileURLToPath(new URL("./play.pl", import.meta.url));
/** Written by the agent alone, and read by the guest. */
const TIMELINE = `${CONTROL_FOLDER}/timeline`;
/** Written where the qdiscs are. */
const RESULT = "/tmp/played";
const LOOK_MILLIS = 50;
const LATE_MILLIS = 10_000;
/** A line of play.pl's result. */
const PLAYED = /^[\d.]+ [\d.]+ [\d.]+ \d+$/;

/**
 * Resolves to what was played when the last step has been, or `signal` has aborted. `onBegin` is
 * called when the clock runs.
 */
export async function playTimeline(
  backend: Pick<Backend, "script">,
  text: string,
  endMillis: number,
  onBegin: () => void,
  signal: AbortSignal,
  file = TIMELINE,
): Promise<PlayedStep[]> {
  try {
    await writeFile(file, text);
    return await playFile(backend, file, endMillis, onBegin, signal);
  } finally {
    await rm(file, { force: true });
  }
}

async function playFile(
  { script }: Pick<Backend, "script">,
  file: string,
  endMillis: number,
  onBegin: () => void,
  signal: AbortSignal,
): Promise<PlayedStep[]> {
  const begin = `rm -f ${RESULT}; perl ${PLAYER} ${file} ${RESULT} </dev/null >/dev/null 2>${RESULT}.said & echo $!`;
  const id = Number(await script(begin));
  onBegin();
  await sleep(endMillis, undefined, { signal }).catch(() => {});
  if (signal.aborted) await script(`kill ${id} || true`);
  const look = `cat ${RESULT} 2>/dev/null || { kill -0 ${id} 2>/dev/null && echo playing; }; cat ${RESULT}.said`;
  const limitMillis = performance.now() + LATE_MILLIS;
  for (;;) {
    const said = await script(look);
    if (said.trim() !== "playing") return finish(said);
    if (performance.now() > limitMillis) throw failed("it did not end");
    await sleep(LOOK_MILLIS);
  }
}

function finish(said: string): PlayedStep[] {
  const lines = said
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  const steps = lines.filter((line) => PLAYED.test(line)).map((line) => line.split(" ").map(Number));
  const wrong = steps.find(([, , , status]) => status !== 0);
  const rest = lines.filter((line) => !PLAYED.test(line)).join(" | ");
  if (wrong !== undefined || (steps.length === 0 && rest !== "")) throw failed(rest || `tc failed at ${wrong?.[0]} ms`);
  return steps.map(([atMillis = 0, beganMillis = 0, endedMillis = 0]) => ({ atMillis, beganMillis, endedMillis }));
}

function failed(reason: string): RttlabError {
  return new RttlabError("E_LINK_COMMAND", `playing a timeline: ${reason}`);
}
