// Containers are connected to networks and disconnected one after another: within this process in
// the order of the requests, and among all processes that use the engine. Docker before 28.1 now
// and then miscounts a network's endpoints when several change at once (it logs "Fixing
// inconsistent endpoint_cnt" when it is restarted), and then refuses to remove the network.

import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { attempt, type Engine } from "./docker.ts";
import { type Turn, takeTurn } from "./turn.ts";

/** The turn among processes. */
export function takeNetworkTurn(engine: Engine): Promise<Turn> {
  return takeTurn(engine, "containers on and off networks");
}

/** A place in this process's queue. */
export interface Place extends Turn {
  come: Promise<void>;
}

/** Takes the last place. Work before the turn comes overlaps with that of others. */
export function queueUp({ onNetworks }: Engine): Place {
  const come = onNetworks.last;
  const { promise, resolve } = Promise.withResolvers<void>();
  onNetworks.last = promise;
  return { come, pass: () => void come.then(resolve) };
}

/** How many networks the container is connected to, or disconnected from. */
interface NetworkChange {
  event: "connect" | "disconnect";
  id: string;
  count: number;
}

/**
 * Does the work when its turn has come, and passes the turn on as soon as Docker has reported the
 * whole change. A change of no network waits for none.
 */
export async function inTurn(
  engine: Engine,
  place: Place,
  change: NetworkChange,
  work: () => Promise<void>,
): Promise<void> {
  if (change.count === 0) return work();
  const reported = await networkEvents(engine, change);
  await place.come;
  const turn = await takeNetworkTurn(engine).catch((error) => {
    reported.stop();
    throw error;
  });
  const done = work();
  await Promise.race([reported.all, done]).finally(() => {
    reported.stop();
    turn.pass();
  });
  place.pass();
  await done;
}

/** Listens from now on; `all` resolves when Docker has reported the whole change. */
async function networkEvents(
  { docker }: Engine,
  { event, id, count }: NetworkChange,
): Promise<{ all: Promise<void>; stop(): void }> {
  const filters = JSON.stringify({ type: ["network"], event: [event] });
  const events = await attempt("listening to Docker", docker.getEvents({ filters }));
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let left = count;
  const lines = createInterface({ input: events });
  lines.on("error", () => {}); // when Docker goes away, the start fails and reports it
  lines.on("line", (line) => {
    const { Actor } = JSON.parse(line) as { Actor?: { Attributes?: { container?: string } } };
    if (Actor?.Attributes?.container === id) left -= 1;
    if (left === 0) resolve();
  });
  return { all, stop: () => void (events as Readable).destroy() };
}
