// The essay's one model: a closed queueing network, solved by mean value analysis. Users think,
// then ask; as many as the structure has workers are inside, thinking included, since a worker
// belongs to a connection. Its parameters are a profile at one and eight users: the processor time
// by which a request more raises that of a second, and one user's response. All other cells are
// predicted. Denning and Buzen, Computing Surveys 10(3), 1978.

import { meanValues } from "../models/closed-network.ts";
import { measured, type Place, type Runs } from "./runs.ts";

const THINK_SECONDS = 0.02;
const PROFILED_USERS = [1, 8] as const;

/** How many connections are served at once, and by how many of the machine's two processors. */
const STRUCTURES: Readonly<Record<string, { workers: number; processors: number; profile: string }>> = {
  event: { workers: Number.POSITIVE_INFINITY, processors: 1, profile: "event" },
  "event-multi": { workers: Number.POSITIVE_INFINITY, processors: 2, profile: "event" },
  coroutine: { workers: Number.POSITIVE_INFINITY, processors: 1, profile: "coroutine" },
  staged: { workers: Number.POSITIVE_INFINITY, processors: 2, profile: "staged" },
  prethread: { workers: 32, processors: 2, profile: "prethread" },
  prefork: { workers: 32, processors: 2, profile: "prefork" },
  iterative: { workers: 1, processors: 1, profile: "event" },
};

interface Profile {
  /** Processor time of one request more: at the server, and at the generator. */
  serverSeconds: number;
  generatorSeconds: number;
  /** The rest of one user's response. */
  delaySeconds: number;
}

export interface Solution {
  rate: number;
  response: number;
  /** Processors that the server's requests keep busy, its idle work aside. */
  busy: number;
}

/** Whether no parameter was taken from the cell. */
export function isPredicted({ structure, users }: Place): boolean {
  return STRUCTURES[structure]?.profile !== structure || !PROFILED_USERS.some((profiled) => profiled === users);
}

export function profileOf(runs: Runs, structure: string, sizeBytes: number): Profile {
  const [one, eight] = PROFILED_USERS.map((users) => ({ structure, users, sizeBytes })) as [Place, Place];
  const rise = (quantity: "busy" | "generator" | "rate") =>
    measured(runs, quantity, eight).value - measured(runs, quantity, one).value;
  const serverSeconds = rise("busy") / rise("rate");
  const generatorSeconds = rise("generator") / rise("rate");
  const response = measured(runs, "response", one).value;
  return { serverSeconds, generatorSeconds, delaySeconds: Math.max(0, response - serverSeconds - generatorSeconds) };
}

export function predict(runs: Runs, { structure, users, sizeBytes }: Place): Solution {
  const { workers, processors, profile } = STRUCTURES[structure] as (typeof STRUCTURES)[string];
  const { serverSeconds, generatorSeconds, delaySeconds } = profileOf(runs, profile, sizeBytes);
  const { perSecond } = meanValues({
    users: Math.min(users, workers),
    thinkSeconds: THINK_SECONDS,
    delaySeconds,
    serverSeconds,
    processors,
    linkSeconds: generatorSeconds,
  });
  return { rate: perSecond, response: users / perSecond - THINK_SECONDS, busy: perSecond * serverSeconds };
}

/** By how much the prediction is off: 0.1 is a tenth too much. */
export function errorOf(runs: Runs, quantity: keyof Solution, place: Place): number {
  return predict(runs, place)[quantity] / measured(runs, quantity, place).value - 1;
}

/**
 * The worst that bursts can do to users of one event loop with pauses of one length: all ask at one
 * instant, the last is served when all are, and a request waits for half of the others on average.
 */
export function burst(runs: Runs, { structure, users, sizeBytes }: Place): Solution {
  const { serverSeconds, generatorSeconds, delaySeconds } = profileOf(runs, structure, sizeBytes);
  const response = delaySeconds + ((users + 1) / 2) * (serverSeconds + generatorSeconds);
  const rate = users / (THINK_SECONDS + response);
  return { rate, response, busy: rate * serverSeconds };
}
