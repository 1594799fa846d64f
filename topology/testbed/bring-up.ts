// Brings a scenario up: plans from what exists and performs the steps. A failure leaves a state
// that bringing up again completes and taking down removes. Simultaneous calls take turns: those of
// one scenario entirely, those of different ones until their networks are made.

import type { BackendName } from "../../lib/contract/link.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "../apply/docker.ts";
import { removeOldImages } from "../apply/images.ts";
import type { StepTime } from "../apply/run.ts";
import { takeTurn } from "../apply/turn.ts";
import type { Topology } from "../model/topology.ts";
import { planUp } from "../plan/plan.ts";
import type { Plan } from "../plan/step.ts";
import type { ImageName } from "../roles/images.ts";
import { downLine, lastingWord, upLine } from "./advice.ts";
import { observeFor, observeOwn, tryMachine } from "./observe.ts";
import { perform } from "./perform.ts";
import type { Progress } from "./progress.ts";
import { takeScenarioTurn } from "./turns.ts";

export interface Wishes {
  /** Whether load generators and RUDP endpoints run a background load. */
  background: boolean;
  /** Whether a study brings it up, which has its turn. */
  forStudy?: boolean;
}

/**
 * Resolves when everything is up and ready; nothing is measured yet. Rejects as the failed step,
 * with what to do next.
 */
export async function bringUp(
  engine: Engine,
  topology: Topology,
  wishes: Wishes,
  progress: Progress,
): Promise<BroughtUp> {
  const backend = await tryMachine(engine, true, progress);
  const turn = await takeScenarioTurn(engine, topology.name, progress);
  const result = await bringUpAnew(engine, topology, { ...wishes, backend }, progress).finally(turn.pass);
  await removeOldImages(engine, Object.values(result.imageTags));
  return result;
}

export interface BroughtUp extends Plan {
  times: StepTime[];
  imageTags: Record<ImageName, string>;
}

interface Trial extends Wishes {
  backend: BackendName;
}

/**
 * A plan's choices and findings may be outdated when they are needed. Then it plans anew. A name
 * that was free is that of something an `up` that has been killed asked Docker for at its last.
 */
const CHOSEN = ["E_SUBNET_OVERLAP", "E_PORT_IN_USE", "E_IMAGE_MISSING", "E_NAME_CONFLICT"];
const TRIES = 3;

async function bringUpAnew(
  engine: Engine,
  topology: Topology,
  trial: Trial,
  progress: Progress,
  tries = TRIES,
): Promise<BroughtUp> {
  try {
    return await bringUpOnce(engine, topology, trial, progress);
  } catch (error) {
    const { code = "", message } = error as RttlabError;
    if (!CHOSEN.includes(code) || tries === 1) throw error;
    progress(`${message}; it has changed since it was looked at, so it is planned anew`, true);
    return bringUpAnew(engine, topology, trial, progress, tries - 1);
  }
}

/**
 * Nobody else chooses subnets between the observation of the machine and the making of the
 * networks. The scenario's own parts are tried out before, because a silent one takes patience, and
 * nobody else changes them.
 */
async function bringUpOnce(
  engine: Engine,
  topology: Topology,
  { backend, background, forStudy }: Trial,
  progress: Progress,
): Promise<BroughtUp> {
  const own = await observeOwn(engine, topology, backend);
  const turn = await takeTurn(engine, "choosing subnets");
  try {
    const observed = await observeFor(engine, topology, own, forStudy);
    const { steps, warnings } = planUp({ ...topology, word: lastingWord(topology.word) }, observed, { background });
    for (const warning of warnings) progress(`warning: ${warning}`, true);
    const networks = new Set(steps.flatMap(({ id, action }) => (action.op === "create-network" ? [id] : [])));
    const made = (id: string) => {
      networks.delete(id);
      if (networks.size === 0) turn.pass();
    };
    made("");
    const times = await performOrAdvise(topology.word, () => perform(engine, steps, progress, ({ id }) => made(id)));
    return { steps, warnings, times, imageTags: observed.imageTags };
  } finally {
    turn.pass();
  }
}

async function performOrAdvise<T>(word: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "E_STEP_FAILED", message } = error as RttlabError;
    const advice = `${upLine(word)} goes on from here, ${downLine(word)} removes what is there`;
    throw new RttlabError(code, `bringing up ${word}: ${message}; ${advice}`, { cause: (error as Error).cause });
  }
}
