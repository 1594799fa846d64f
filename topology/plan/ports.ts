// Ports of 127.0.0.1 at which services of the testbed are published: the scenario's choice, else
// the usual one, else the next.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { Topology } from "../model/topology.ts";
import { PUBLISHABLE, type Publishable, watcherRole } from "../roles/table.ts";
import { roleOf, scenarioOf } from "./names.ts";
import type { Observed } from "./observed.ts";

/** How many ports from the usual one on may be tried; that many scenarios can be up at once. */
const TRIES = 32;

/** Ports whose occupation matters to a plan for this scenario. */
export function candidatePorts({ ports }: Pick<Topology, "ports">): number[] {
  return PUBLISHABLE.flatMap((service) => {
    const asked = ports[service];
    return asked === undefined ? Array.from({ length: TRIES }, (_, index) => usualPort(service) + index) : [asked];
  });
}

/**
 * A port for each service. A port of the scenario's own running container counts as free. Throws
 * E_PORT_BUSY with every chosen port that is occupied, or if no port is left.
 */
export function choosePorts(topology: Topology, observed: Observed): Record<Publishable, number> {
  const own = observed.containers.filter(({ labels }) => scenarioOf(labels) === topology.name);
  const held = own.flatMap(({ hostPorts, state }) => (state === "running" ? hostPorts : []));
  const busy = new Set(observed.busyPorts.filter((port) => !held.includes(port)));
  const problems = PUBLISHABLE.flatMap((service): Problem[] => {
    const asked = topology.ports[service];
    if (asked === undefined || !busy.has(asked)) return [];
    return [
      {
        code: "E_PORT_BUSY",
        path: `ports.${service}`,
        message: `port ${asked} of 127.0.0.1 is in use`,
        allowed: "a free port",
      },
    ];
  });
  if (problems.length > 0) {
    throw new RttlabError("E_PORT_BUSY", `planning ${topology.name}: ports that it asks for are busy`, { problems });
  }
  const taken = new Set([...busy, ...Object.values(topology.ports)]);
  const chosen = PUBLISHABLE.map((service) => {
    const port =
      topology.ports[service] ??
      keptPort(service, own, taken) ??
      candidatePorts({ ports: {} }).find((candidate) => isFor(service, candidate) && !taken.has(candidate));
    if (port === undefined)
      throw new RttlabError(
        "E_PORT_BUSY",
        `choosing a port for ${service}: the ${TRIES} from ${usualPort(service)} on are busy`,
      );
    taken.add(port);
    return [service, port] as const;
  });
  return Object.fromEntries(chosen) as Record<Publishable, number>;
}

/** The previous one, so that the address stays. */
function keptPort(service: Publishable, own: Observed["containers"], taken: ReadonlySet<number>): number | undefined {
  const before = own.find(({ labels }) => roleOf(labels) === service);
  return before?.hostPorts.find((port) => isFor(service, port) && !taken.has(port));
}

function isFor(service: Publishable, port: number): boolean {
  return port >= usualPort(service) && port < usualPort(service) + TRIES;
}

/** Its port in its container. */
function usualPort(service: Publishable): number {
  return watcherRole(service).page?.port ?? 0;
}
