// Observes the machine for the plan of one topology: its backend, and the ports that it may publish at.

import { chooseBackend } from "../apply/backend.ts";
import type { Engine } from "../apply/docker.ts";
import { observe } from "../apply/observe.ts";
import type { Topology } from "../model/topology.ts";
import type { Observed } from "../plan/observed.ts";
import { candidatePorts } from "../plan/ports.ts";
import { ROOT } from "./perform.ts";

/** What exists, as far as a plan for `topology` depends on it. Throws E_BACKEND_UNAVAILABLE before anything is built. */
export async function observeFor(engine: Engine, topology: Topology): Promise<Observed> {
  const backend = await chooseBackend(engine, ROOT);
  return observe(engine, { root: ROOT, backend, candidatePorts: candidatePorts(topology) });
}
