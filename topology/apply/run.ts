// Runs the steps of a plan, several at once, each as soon as its needs are done. Begun chains of
// steps go on before others begin, so that of 60 containers not all start at the same time, each
// too slowly to be ready within its bound. After the first failure nothing more starts; it waits
// for what is running and names the step, so that `up` or `down` can go on from there.

import { RttlabError } from "../../lib/errors.ts";
import type { Step } from "../plan/step.ts";

/**
 * Performs one step. `onLine` receives lines of progress; `signal` aborts when the run is
 * interrupted.
 */
export type Performer = (step: Step, onLine: (line: string) => void, signal: AbortSignal) => Promise<void>;

export interface RunOptions {
  /** How many steps may run at once; parallel starts of containers gain little beyond this. */
  concurrency?: number;
  /** Interrupts: nothing more is started. */
  signal?: AbortSignal;
  onStart?: (step: Step) => void;
  onLine?: (step: Step, line: string) => void;
  onDone?: (step: Step, millis: number) => void;
  onFailed?: (step: Step, error: unknown) => void;
}

/** When a step began, counted from the beginning of the run, and how long it took. */
export interface StepTime {
  id: string;
  begunMillis: number;
  millis: number;
}

/**
 * Runs all steps. Rejects with the failed step's name and its error's code (E_STEP_FAILED without
 * one), with the error as the cause; E_INTERRUPTED when `signal` aborted; E_PLAN_STUCK when steps
 * need something missing or each other.
 */
export async function runSteps(
  steps: readonly Step[],
  perform: Performer,
  { concurrency = 8, signal = new AbortController().signal, ...listeners }: RunOptions = {},
): Promise<StepTime[]> {
  const waiting = new Map(deepestFirst(steps).map((step) => [step.id, step]));
  const done = new Set<string>();
  const running = new Set<Promise<void>>();
  const times: StepTime[] = [];
  const failures: { step: Step; error: unknown }[] = [];

  const runStartedAt = performance.now();

  const start = (step: Step) => {
    waiting.delete(step.id);
    listeners.onStart?.(step);
    const startedAt = performance.now();
    const work: Promise<void> = perform(step, (line) => listeners.onLine?.(step, line), signal)
      .then(() => {
        const millis = performance.now() - startedAt;
        times.push({ id: step.id, begunMillis: startedAt - runStartedAt, millis });
        done.add(step.id);
        listeners.onDone?.(step, millis);
      })
      .catch((error: unknown) => {
        failures.push({ step, error });
        listeners.onFailed?.(step, error);
      })
      .finally(() => running.delete(work));
    running.add(work);
  };

  for (;;) {
    if (failures.length === 0 && !signal.aborted) {
      const ready = [...waiting.values()].filter(({ needs }) => needs.every((id) => done.has(id)));
      for (const step of ready.slice(0, concurrency - running.size)) start(step);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  const [failure] = failures;
  if (failure !== undefined && !signal.aborted) throw stepError(failure.step, failure.error);
  if (signal.aborted)
    throw new RttlabError("E_INTERRUPTED", `${waiting.size} of ${steps.length} steps not started: interrupted`);
  if (waiting.size > 0) {
    const stuck = [...waiting.values()].map(({ id, needs }) => `${id} needs ${needs.join(", ")}`);
    throw new RttlabError("E_PLAN_STUCK", `running the plan: these steps can never start: ${stuck.join("; ")}`);
  }
  return times;
}

/** By the steps that each has before it; a plan has a step behind all that it needs. */
function deepestFirst(steps: readonly Step[]): Step[] {
  const depths = new Map<string, number>();
  const depthOf = (id: string) => depths.get(id) ?? 0;
  for (const { id, needs } of steps) depths.set(id, 1 + Math.max(-1, ...needs.map(depthOf)));
  return steps.toSorted((first, second) => depthOf(second.id) - depthOf(first.id));
}

function stepError(step: Step, cause: unknown): RttlabError {
  const code = cause instanceof RttlabError ? cause.code : "E_STEP_FAILED";
  return new RttlabError(code, `step "${step.id}" failed`, { cause });
}
