// States that a service keeps only as long as the client's input stays open (docs/container-contract.md): a link without
// qdiscs, a load generator that is quiet. A calibration that is killed lets go of them by that.

import { RttlabError } from "../../lib/errors.ts";
import type { Request } from "../../lib/service/control.ts";
import type { Engine } from "../apply/docker.ts";
import { requestService } from "../apply/exec.ts";

/** Does `work` while the service in `container` holds what `request` asks for; it says so by an event named as the op. */
export async function whileHeld<Result>(
  engine: Engine,
  container: string,
  request: Request,
  work: () => Promise<Result>,
): Promise<Result> {
  const end = new AbortController();
  const { promise: isHeld, resolve, reject } = Promise.withResolvers<void>();
  const onEvent = ({ event }: { event: string }) => event === request.op && resolve();
  const held = requestService(engine, container, request, { signal: end.signal, onEvent });
  held.catch(reject);
  try {
    await isHeld;
    return await work();
  } finally {
    end.abort();
    await held;
  }
}

/** Does `work` while the load generators in these containers make no background load. One that has none is quiet already. */
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
    return await whileHeld(engine, container, { op: "quiet" }, () => {
      asked = true;
      return rest();
    });
  } catch (error) {
    if (asked || !(error instanceof RttlabError) || error.code !== "E_UNSUPPORTED") throw error;
    return rest();
  }
}
