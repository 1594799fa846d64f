// Waits for a service in a container by its log: the contract's `ready` line, or the message that
// its role names (docs/container-contract.md).

import type { ContainerInspectInfo } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { ContainerSpec } from "../plan/step.ts";
import { attempt, type Engine } from "./docker.ts";
import { logLines } from "./logs.ts";
import { patienceMillis } from "./patience.ts";

/**
 * How long a service may take to report that it is ready. A User-Mode Linux link boots in 2 s on an
 * idle machine.
 */
const READY_WITHIN_MILLIS = 60_000;
/** An exec ends before its container has; that follows at once, where it does. */
const END_WITHIN_MILLIS = 5_000;
/** Of a container's output, in messages. */
export const LAST_LINES = 20;

/** Waits until the service in a started container is ready. Throws E_NOT_READY with its output. */
export async function awaitReady(
  engine: Engine,
  { name, readyMessage }: Pick<ContainerSpec, "name" | "readyMessage">,
  signal?: AbortSignal,
): Promise<void> {
  const withinMillis = patienceMillis(READY_WITHIN_MILLIS);
  const deadline = AbortSignal.timeout(withinMillis);
  const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const lastLines: string[] = [];
  for await (const line of logLines(engine, name, { follow: true, signal: stop })) {
    if (saysReady(line, readyMessage)) return;
    lastLines.push(line);
    if (lastLines.length > LAST_LINES) lastLines.shift();
  }
  if (signal?.aborted) throw new RttlabError("E_INTERRUPTED", `waiting for ${name}: interrupted`);
  const { State } = await attempt(`looking at ${name}`, engine.docker.getContainer(name).inspect());
  const reason = deadline.aborted ? `it did not say that it is ready within ${withinMillis / 1000} s` : endText(State);
  throw new RttlabError("E_NOT_READY", `waiting for ${name}: ${reason}; ${saidText(lastLines)}`);
}

/** How a container ended, for messages. */
export function endText({ ExitCode, OOMKilled }: ContainerInspectInfo["State"]): string {
  return `it stopped with exit ${ExitCode}${OOMKilled ? " (out of memory)" : ""}`;
}

/**
 * The same of a container that is ending or has just ended, with its last lines; null of one that
 * runs on after `END_WITHIN_MILLIS`.
 */
export async function endingOf(engine: Engine, name: string): Promise<string | null> {
  const container = engine.docker.getContainer(name);
  // Aborted, because the engine would keep the request of a container that runs on.
  const abortSignal = AbortSignal.timeout(END_WITHIN_MILLIS);
  await container.wait({ condition: "not-running", abortSignal }).catch(() => {});
  const { State } = await attempt(`looking at ${name}`, container.inspect());
  if (State.Running) return null;
  return `${endText(State)}; ${saidText(await Array.fromAsync(logLines(engine, name, { tail: LAST_LINES })))}`;
}

/** The last lines of a container's output, for messages. */
export function saidText(lines: readonly string[]): string {
  return lines.length === 0 ? "it said nothing" : `it said\n  ${lines.join("\n  ")}`;
}

function saysReady(line: string, message: string | undefined): boolean {
  try {
    const said = JSON.parse(line) as { event?: string; msg?: string } | null;
    return message === undefined ? said?.event === "ready" : said?.msg === message;
  } catch {
    return false;
  }
}
