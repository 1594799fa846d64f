// Waits for a service in a container by its log: the contract's `ready` line, or the message that
// its role names (docs/container-contract.md).

import { RttlabError } from "../../lib/errors.ts";
import type { ContainerSpec } from "../plan/step.ts";
import { attempt, type Engine } from "./docker.ts";
import { logLines } from "./logs.ts";

/**
 * How long a service may take to report that it is ready. A User-Mode Linux link boots in 2 s on an
 * idle machine.
 */
const READY_WITHIN_MILLIS = 60_000;

/** Waits until the service in a started container is ready. Throws E_NOT_READY with its output. */
export async function awaitReady(
  engine: Engine,
  { name, readyMessage }: Pick<ContainerSpec, "name" | "readyMessage">,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(READY_WITHIN_MILLIS);
  const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const lastLines: string[] = [];
  for await (const line of logLines(engine, name, { follow: true, signal: stop })) {
    if (saysReady(line, readyMessage)) return;
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  }
  if (signal?.aborted) throw new RttlabError("E_INTERRUPTED", `waiting for ${name}: interrupted`);
  const { State } = await attempt(`looking at ${name}`, engine.docker.getContainer(name).inspect());
  const reason = deadline.aborted
    ? `it did not say that it is ready within ${READY_WITHIN_MILLIS / 1000} s`
    : `it stopped with exit ${State.ExitCode}${State.OOMKilled ? " (out of memory)" : ""}`;
  const said = lastLines.length === 0 ? "it said nothing" : `it said\n  ${lastLines.join("\n  ")}`;
  throw new RttlabError("E_NOT_READY", `waiting for ${name}: ${reason}; ${said}`);
}

function saysReady(line: string, message: string | undefined): boolean {
  try {
    const said = JSON.parse(line) as { event?: string; msg?: string } | null;
    return message === undefined ? said?.event === "ready" : said?.msg === message;
  } catch {
    return false;
  }
}
