// Observes the machine for the plan of one topology: first its capabilities, then what exists.

import type { BackendName } from "../../lib/contract/link.ts";
import { findBackend } from "../apply/backend.ts";
import type { Engine } from "../apply/docker.ts";
import { type ObservedScenario, observe, observeScenario } from "../apply/observe.ts";
import { isPresent, pullImage } from "../apply/pull.ts";
import type { Topology } from "../model/topology.ts";
import type { Observed } from "../plan/observed.ts";
import { candidatePorts } from "../plan/ports.ts";
import { GRAFANA_IMAGE } from "../roles/images.ts";
import { ROOT } from "./perform.ts";
import type { Progress } from "./progress.ts";
import { isStudied } from "./turns.ts";

/**
 * The possible link backend. `mayBuild`: whether an image may be built for its trial, and Grafana's
 * pulled. Throws E_BACKEND_UNAVAILABLE before anything of the scenario is made.
 */
export async function tryMachine(engine: Engine, mayBuild: boolean, progress: Progress): Promise<BackendName> {
  const { backend, because } = await findBackend(engine, ROOT, { mayBuild, onLine: (line) => progress(line) });
  progress(`links by ${backend}: ${because}`);
  if (mayBuild) await tryGrafana(engine, progress);
  return backend;
}

/** The topology's own parts; running ones are asked and tried out, which may take patience. */
export function observeOwn(engine: Engine, { name }: Topology, backend: BackendName): Promise<ObservedScenario> {
  return observeScenario(engine, name, { root: ROOT, backend });
}

/**
 * All that a plan for `topology` depends on, beside its own parts. `byStudy`: a study asks, which
 * is the one at work.
 */
export async function observeFor(
  engine: Engine,
  topology: Topology,
  own: ObservedScenario,
  byStudy = false,
): Promise<Observed> {
  const programs = topology.hosts.flatMap(({ program }) => (program === undefined ? [] : [program.image]));
  return observe(engine, own, {
    candidatePorts: candidatePorts(topology),
    programs: [...new Set(programs)],
    isStudied: !byStudy && (await isStudied(engine, topology.name)),
  });
}

/** Pulls Grafana's own image if possible; otherwise the testbed comes up without it. */
async function tryGrafana(engine: Engine, progress: Progress): Promise<void> {
  if (await isPresent(engine, GRAFANA_IMAGE)) return;
  progress(`pulling ${GRAFANA_IMAGE}`);
  const refusal = await pullImage(engine, GRAFANA_IMAGE);
  if (refusal === null) return;
  progress(`no Grafana: ${GRAFANA_IMAGE} cannot be pulled (${refusal}); the live page draws its dashboards`, true);
}
