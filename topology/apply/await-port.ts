// Waits for a program that does not report when it is ready: a helper in its network namespace
// looks until its port is open. The program's own image needs nothing for that, not even a shell.

import { RttlabError } from "../../lib/errors.ts";
import { belongingName, wiringLabels } from "../plan/names.ts";
import type { Readying } from "../plan/step.ts";
import { removeContainer } from "./container.ts";
import { attempt, type Engine } from "./docker.ts";
import { runHelper } from "./helper.ts";
import { logLines } from "./logs.ts";
import { patienceMillis } from "./patience.ts";
import { awaitReady, endText, LAST_LINES, saidText } from "./readiness.ts";

/** Waits for what a container is ready by. Throws E_NOT_READY, E_PORT_CLOSED. */
export async function awaitHost(engine: Engine, container: Readying, signal?: AbortSignal): Promise<void> {
  const { readyPort } = container;
  if (readyPort === undefined) return awaitReady(engine, container, signal);
  await awaitPort(engine, container, readyPort, signal);
}

/** On an idle machine, if the scenario says nothing else. */
const OPEN_WITHIN_MILLIS = 30_000;

/** Throws E_INTERRUPTED; E_PORT_CLOSED with what a program said that ended or listens nowhere. */
async function awaitPort(
  engine: Engine,
  { name, labels }: Readying,
  { address, port, withinMillis = OPEN_WITHIN_MILLIS, image }: NonNullable<Readying["readyPort"]>,
  signal?: AbortSignal,
): Promise<void> {
  const helper = belongingName(name, "ready");
  const asked = runHelper(engine, {
    name: helper,
    image,
    labels: wiringLabels(labels),
    command: ["/rttlab/await-port.sh", address, String(port), String(Math.ceil(patienceMillis(withinMillis) / 1000))],
    capabilities: [],
    networkMode: `container:${name}`,
  });
  const judged = new AbortController();
  const ended = endOf(engine, name, judged.signal);
  // Nobody can look into the namespace of a program that has ended.
  const looked = asked.catch(async (error) => {
    const { State } = await attempt(`looking at ${name}`, engine.docker.getContainer(name).inspect());
    if (State.Running) throw error;
    return ended;
  });
  try {
    const found = await Promise.race([looked, ended, interruption(name, signal, judged.signal)]);
    if (found.status === 0) return;
    const said = await Array.fromAsync(logLines(engine, name, { tail: LAST_LINES }));
    throw new RttlabError("E_PORT_CLOSED", `waiting for ${name}: ${found.output.join("; ")}; ${saidText(said)}`);
  } finally {
    judged.abort();
    await removeContainer(engine, helper);
    await Promise.allSettled([looked, ended]); // its end has been judged above
  }
}

function interruption(name: string, signal: AbortSignal | undefined, over: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new RttlabError("E_INTERRUPTED", `waiting for ${name}: interrupted`));
  signal?.addEventListener("abort", stop, { once: true, signal: over });
  if (signal?.aborted) stop();
  return promise;
}

/**
 * As the result of a helper that failed. Docker answers when the program ends, and an unanswered
 * request would keep this process from its own end: `signal` ends it.
 */
async function endOf(engine: Engine, name: string, signal: AbortSignal): Promise<{ status: number; output: string[] }> {
  const container = engine.docker.getContainer(name);
  await attempt(`watching ${name}`, container.wait({ condition: "not-running", abortSignal: signal }));
  const { State } = await attempt(`looking at ${name}`, container.inspect());
  return { status: 1, output: [`${endText(State)} before its port was open`] };
}
