// Requests of a host that runs loads or transfers (docs/container-contract.md): `run` measures one,
// `background` sets the background load, `quiet` holds that while the client stays, `status`
// returns the state. Only one run at a time, because two would measure each other.

import { RttlabError } from "../../errors.ts";
import type { Emit, Held, None, Unchecked } from "../contract.ts";
import { BackgroundLoop, type Running } from "./background.ts";
import { endOfInput } from "./end-of-input.ts";
import { log } from "./log.ts";

export interface Workload<Settings extends object, Progress, Result, Load, Wanted> {
  /** Name of a run in errors: `a load`. */
  name: string;
  /** Checks a `run` request; throws with every problem. */
  readSettings(request: Unchecked<Settings>): Settings;
  /** Performs a run. `onSecond` receives its progress. */
  run(settings: Settings, onSecond: (progress: Progress) => void, signal: AbortSignal): Promise<Result>;
  /** Checks a `background` request; throws with every problem. */
  readBackground(load: Unchecked<Load>): Wanted | Promise<Wanted>;
  /** Starts the load, which runs until it is ended. */
  begin(wanted: Wanted): Running;
}

/** The handlers for serveRequests. */
export function workloadHandlers<Settings extends object, Progress, Result, Load, Wanted>(
  workload: Workload<Settings, Progress, Result, Load, Wanted>,
) {
  const background = new BackgroundLoop<Wanted>((wanted) => workload.begin(wanted));
  const held: Held<Settings, Result, Load> = { running: null, last: null, background: null };
  return {
    async run(request: Unchecked<Settings>, emit: Emit<{ second: Progress }>, signal: AbortSignal) {
      const settings = workload.readSettings(request);
      if (held.running !== null) {
        const { name } = workload;
        throw new RttlabError("E_BUSY", `running ${name}: another one is running, and they would measure each other`);
      }
      held.running = settings;
      log("run", { settings });
      const letGo = await background.hold();
      try {
        held.last = await workload.run(settings, (progress) => emit("second", progress), signal);
        return { result: held.last };
      } finally {
        held.running = null;
        letGo();
      }
    },

    async background({ load: asked }: { readonly load?: unknown }) {
      // Kept as given, for comparison with what a plan wants.
      const load = asked as Load | null;
      await background.set(load === null ? null : await workload.readBackground(load as Unchecked<Load>));
      held.background = load;
      log("background", { load });
      return { load };
    },

    async quiet(_request: None, emit: Emit<{ quiet: None }>, signal: AbortSignal) {
      const letGo = await background.hold();
      emit("quiet", {});
      await endOfInput(signal);
      letGo();
      return {};
    },

    status: () => ({ ...held }),
  };
}
