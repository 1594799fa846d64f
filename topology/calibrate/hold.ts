// States that a service keeps only as long as the client's input stays open (docs/container-contract.md): a link without
// qdiscs, a load generator that is quiet. A calibration that is killed lets go of them by that.

import { type Operation, opOf, type RequestOf } from "../../lib/contract/contract.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "../apply/docker.ts";
import { requestService } from "../apply/request.ts";

type HeldOperation = Extract<Operation, "quiet" | "link.bare">;

/** Does `work` while the service in `container` holds what `operation` asks for; it says so by an event named as the op. */
export async function whileHeld<Result>(
  engine: Engine,
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
  const held = requestService(engine, container, operation, request, { signal: end.signal, onEvent, ...patience });
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
 * Does `work` while no other calibrates the link: its agent gives the turn, and takes it back when this process dies.
 * `onWaiting`: another has it. E_LINK_CHANGED when the link's settings change meanwhile; `work` is given a signal of that.
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
    signal.removeEventListener("abort", interrupt); // from now on the turn ends when the work has cleaned up
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

/** A load generator lets what is under way end for 3 s, then breaks it off; a RUDP endpoint breaks it off at once. */
const QUIET_WITHIN_MILLIS = 15_000;

/**
 * Does `work` while the load generators and RUDP endpoints in these containers make no background load. One that has none is
 * quiet already.
 */
export async function whileQuiet<Result>(
  engine: Engine,
  containers: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const [container, ...others] = containers;
  if (container === undefined) return work();
  const rest = () => whileQuiet(engine, others, work);
  let asked = false;
  try {
    const workOnceQuiet = () => {
      asked = true;
      return rest();
    };
    return await whileHeld(engine, container, "quiet", {}, workOnceQuiet, QUIET_WITHIN_MILLIS);
  } catch (error) {
    if (asked || !(error instanceof RttlabError) || error.code !== "E_UNSUPPORTED") throw error;
    return rest();
  }
}
