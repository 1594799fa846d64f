// The requests of a host that makes load or transfers (docs/container-contract.md): `run` does one and measures it, `background` sets what
// runs beside, `quiet` holds that for as long as the client stays, `status` tells. One run at a time: two would measure each other.

import { once } from "node:events";
import { RttlabError } from "../errors.ts";
import { Background, type Running } from "./background.ts";
import type { Request, RequestHandler } from "./control.ts";
import { log } from "./log.ts";

export interface Workload<Settings, Result, Wanted> {
  /** What one run is, for its errors: `a load`. */
  name: string;
  /** Checks a `run` request; throws with every problem. */
  readSettings(request: Request): Settings;
  /** Does one run. `onSecond` is told how far it is. */
  run(settings: Settings, onSecond: (second: object) => void, signal: AbortSignal): Promise<Result>;
  /** Checks what a `background` request asks for; throws with every problem. */
  readBackground(load: Record<string, unknown>): Wanted | Promise<Wanted>;
  /** Begins it, until it is ended. */
  begin(wanted: Wanted): Running;
}

/** The handlers, for serveRequests. */
export function workloadHandlers<Settings, Result, Wanted>(
  workload: Workload<Settings, Result, Wanted>,
): Record<"run" | "background" | "quiet" | "status", RequestHandler> {
  const background = new Background<Wanted>((wanted) => workload.begin(wanted));
  const held: { running: Settings | null; last: Result | null; background: unknown } = {
    ...{ running: null, last: null, background: null },
  };
  return {
    async run(request, emit, signal) {
      const settings = workload.readSettings(request);
      if (held.running !== null) {
        const { name } = workload;
        throw new RttlabError("E_BUSY", `running ${name}: another one is running, and they would measure each other`);
      }
      held.running = settings;
      log("run", { settings });
      const letGo = await background.hold();
      try {
        held.last = await workload.run(settings, (second) => emit("second", { ...second }), signal);
        return { result: held.last };
      } finally {
        held.running = null;
        letGo();
      }
    },

    async background({ load }) {
      await background.set(load === null ? null : await workload.readBackground(load as Record<string, unknown>));
      held.background = load;
      log("background", { load });
      return { load };
    },

    async quiet(_request, emit, signal) {
      const letGo = await background.hold();
      emit("quiet");
      if (!signal.aborted) await once(signal, "abort");
      letGo();
      return {};
    },

    status: () => ({ ...held }),
  };
}
