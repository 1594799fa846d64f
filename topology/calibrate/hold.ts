// States that a service keeps only while the client's input stays open
// (docs/container-contract.md): a link without qdiscs or with room in its queues, a quiet load
// generator. A killed calibration thereby releases them.

import { type Operation, opOf, type RequestOf } from "../../lib/contract/contract.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "../apply/docker.ts";
import { patienceMillis } from "../apply/patience.ts";
import type { Relays } from "../apply/relay.ts";
import { requestService } from "../apply/request.ts";

/** Makes a request, by an exec of its own or by one that stays. */
export type Ask = Relays["request"];

type HeldOperation = Extract<Operation, "quiet" | "link.bare" | "link.room">;

/**
 * Does `work` while the service in `container` holds the state of `operation`, which it confirms by
 * an event named like the op.
 */
export async function whileHeld<Result>(
  ask: Ask,
  container: string,
  operation: HeldOperation,
  request: RequestOf<HeldOperation>,
  work: () => Promise<Result>,
  withinMillis?: number,
): Promise<Result> {
  const end = new AbortController();
  const { promise: isHeld, resolve, reject } = Promise.withResolvers<void>();
  const onEvent = ({ event }: { event: string }) => event === opOf(operation) && resolve();
  const patience = withinMillis === undefined ? {} : { withinMillis };
  const held = ask(container, operation, request, { signal: end.signal, onEvent, ...patience });
  held.catch(reject);
  try {
    await isHeld;
    return await work();
  } finally {
    end.abort();
    await held;
  }
}

/**
 * Does `work` while nobody else calibrates the link: its agent gives the turn, and takes it back
 * when this process dies. `onWaiting`: another holds it. Throws E_LINK_CHANGED if the link's
 * settings change meanwhile, which also aborts the signal that `work` receives.
 */
export async function whileCalibrating<Result>(
  engine: Engine,
  container: string,
  { onWaiting, signal }: { onWaiting: () => void; signal: AbortSignal },
  work: (changed: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const [end, change] = [new AbortController(), new AbortController()];
  const { promise: hasCome, resolve, reject } = Promise.withResolvers<void>();
  const onEvent = ({ event }: { event: string }) => {
    if (event === "waiting") onWaiting();
    if (event === "calibrating") resolve();
    if (event === "changed") change.abort();
  };
  const turn = requestService(engine, container, "link.calibrating", {}, { signal: end.signal, onEvent });
  const interrupt = () => end.abort();
  signal.addEventListener("abort", interrupt);
  if (signal.aborted) interrupt();
  turn.then(
    () => reject(new RttlabError("E_INTERRUPTED", `waiting for the turn of ${container}: interrupted`)),
    reject,
  );
  try {
    await hasCome;
    // from now on the turn ends when the work has cleaned up
    signal.removeEventListener("abort", interrupt);
    return await work(change.signal);
  } catch (error) {
    if (!change.signal.aborted) throw error;
    throw new RttlabError("E_LINK_CHANGED", `calibrating ${container}: its settings were changed meanwhile`);
  } finally {
    signal.removeEventListener("abort", interrupt);
    end.abort();
    await turn.catch(() => {}); // a link that is gone has no turn to give back
  }
}

/**
 * A load generator gives requests under way 3 s, then aborts them; a RUDP endpoint aborts at once.
 */
const QUIET_WITHIN_MILLIS = 15_000;

/** Each is an exec, which starts a program; more of them at once only make each other late. */
const ASKED_AT_ONCE = 8;

/**
 * Does `work` while the load generators and RUDP endpoints in these containers make no background
 * load, once the promise that it receives resolves. One without a load is quiet already.
 */
export async function whileQuiet<Result>(
  engine: Engine,
  containers: readonly string[],
  work: (areQuiet: Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  const { promise: isDone, resolve: done } = Promise.withResolvers<void>();
  let isOver = false;
  const left = containers.values();
  const holds: Promise<void>[] = [];
  const askOthers = async () => {
    for (const container of left) {
      if (isOver) return;
      const { isQuiet, over } = holdQuiet(engine, container, isDone);
      holds.push(over);
      await isQuiet;
    }
  };
  const asking = Array.from({ length: ASKED_AT_ONCE }, askOthers);
  const areQuiet = Promise.all(asking);
  areQuiet.catch(() => {});
  try {
    return await work(areQuiet);
  } finally {
    isOver = true;
    done();
    await Promise.allSettled(asking);
    await Promise.all(holds);
  }
}

function holdQuiet(engine: Engine, container: string, isDone: Promise<void>) {
  const { promise: isQuiet, resolve, reject } = Promise.withResolvers<void>();
  const wait = () => {
    resolve();
    return isDone;
  };
  const ask: Ask = (...words) => requestService(engine, ...words);
  const over = whileHeld(ask, container, "quiet", {}, wait, patienceMillis(QUIET_WITHIN_MILLIS)).catch((error) => {
    if (!(error instanceof RttlabError) || error.code !== "E_UNSUPPORTED") throw error;
    resolve();
  });
  over.catch(reject);
  return { isQuiet, over };
}
