// The state of a testbed, from its containers and the links' agents: the document of `topology
// status --json`.

import type { DirectionCalibration, Verdict } from "../../lib/contract/calibration.ts";
import type { LinkState } from "../../lib/contract/link.ts";
import type { Direction } from "../../lib/link/direction.ts";
import type { Engine } from "../apply/docker.ts";
import { examine, type LinkStates } from "../apply/examine.ts";
import { patienceMillis } from "../apply/patience.ts";
import { requestService } from "../apply/request.ts";
import { isStopped } from "../apply/stopped.ts";
import { violations } from "../calibrate/report.ts";
import { MANAGEMENT } from "../model/topology.ts";
import { apparentFault, strangersOn } from "../plan/faults.ts";
import { optionsOf } from "../plan/host-options.ts";
import { dockerName, memberOf, roleOf, scenarioOf } from "../plan/names.ts";
import type { Fault, Observed, ObservedContainer } from "../plan/observed.ts";
import type { Options } from "../roles/options.ts";
import type { Endpoint } from "../roles/role.ts";
import { endpointOf, HOST_ROLES, WATCHERS } from "../roles/table.ts";
import { wordOf } from "./advice.ts";
import { membersOf } from "./targets.ts";
import { type Urls, urlsOf } from "./watchers.ts";

/**
 * The output of `status --json`. Addresses are keyed by the scenario's own names of its networks,
 * and `mgmt`.
 */
export interface Status {
  scenario: string;
  hosts: HostStatus[];
  links: LinkStatus[];
  /**
   * Every fault, by the name of the host, link, watcher or network. `up` mends those of the
   * scenario.
   */
  faults: { name: string; fault: string }[];
  urls: Urls;
}

export interface HostStatus {
  name: string;
  role: string;
  /** The role's options that its scenario chose. */
  options: Options;
  container: string;
  addresses: Record<string, string>;
  endpoints: Partial<Record<Endpoint["name"], string>>;
  health: Health;
}

export type Health = "healthy" | Fault["kind"];

export interface LinkStatus {
  name: string;
  container: string;
  /** null if its agent does not answer. */
  backend: string | null;
  health: Health;
  addresses: Record<string, string>;
  between: [first: string, second: string];
  /** From the calibration of the settings in force; null: not measured since they were applied. */
  verdict: Verdict | null;
  /** The checks that were outside their tolerance: `wan-a forward delay`. */
  outside: string[];
  forward: DirectionStatus;
  backward: DirectionStatus;
}

export interface DirectionStatus {
  configured: Direction | null;
  /** null: not measured since the settings were applied. */
  measured: DirectionCalibration | null;
}

/**
 * The state of one scenario, from its containers and the links' agents. `proven`: its hosts have
 * just been wired or verified.
 */
export async function readStatus(
  engine: Engine,
  { containers, networks }: Pick<Observed, "containers" | "networks">,
  scenario: string,
  { proven = false } = {},
): Promise<Status> {
  const isOurs = ({ labels }: { labels: Record<string, string> }) => scenarioOf(labels) === scenario;
  const ours = containers.filter(isOurs);
  const [hosts, links, watchers] = [HOST_ROLES, ["link"], WATCHERS].map((roles) =>
    membersOf({ containers }, scenario, roles),
  ) as [ObservedContainer[], ObservedContainer[], ObservedContainer[]];
  const withinMillis = patienceMillis(ANSWERS_WITHIN_MILLIS);
  const asked = askLinks(engine, links, withinMillis);
  const [states, tried, urls] = await Promise.all([
    asked,
    examine(engine, ours, asked, { proven, withinMillis }),
    urlsOf(ours, wordOf(scenario, networks)),
  ]);
  const faultOf = (container: ObservedContainer) => apparentFault(container, ours) ?? tried.get(container.name) ?? null;
  const faults = [...hosts, ...links, ...watchers].flatMap((container) => {
    const fault = faultOf(container);
    return fault === null ? [] : [{ name: named(container).name, fault: fault.text }];
  });
  return {
    scenario,
    hosts: hosts.map((host) => hostStatus(host, faultOf(host)?.kind ?? "healthy")),
    links: links.map((link) => linkStatus(link, states.get(link.name) ?? null, faultOf(link)?.kind ?? "healthy")),
    faults: [...faults, ...strangersOn(networks.filter(isOurs))],
    urls,
  };
}

const ANSWERS_WITHIN_MILLIS = 5000;

/** The state of each link's agent; null for one that does not answer or does not run. */
async function askLinks(
  engine: Engine,
  links: readonly ObservedContainer[],
  withinMillis: number,
): Promise<LinkStates> {
  const asked = links.map(async ({ name, state, process }) => {
    const isSilent = state !== "running" || process === null || (await isStopped(engine, name, process.pid));
    const asking = () => requestService(engine, name, "link.status", {}, { withinMillis });
    return [name, isSilent ? null : await asking().catch(() => null)] as const;
  });
  return new Map(await Promise.all(asked));
}

function hostStatus(host: ObservedContainer, health: Health): HostStatus {
  const { name, role } = named(host);
  const options = optionsOf(host.labels);
  const addresses = addressesByNetwork(host);
  const data = addresses[dataNetworks(addresses)[0] ?? ""];
  return {
    name,
    role,
    options,
    container: host.name,
    addresses,
    endpoints: data === undefined ? {} : endpointsOf(endpointOf(role, options), data),
    health,
  };
}

function endpointsOf(endpoint: Endpoint | null, address: string): HostStatus["endpoints"] {
  return endpoint === null ? {} : { [endpoint.name]: `${address}:${endpoint.port}` };
}

function linkStatus(link: ObservedContainer, held: LinkState | null, health: Health): LinkStatus {
  const addresses = addressesByNetwork(link);
  const direction = (side: "forward" | "backward"): DirectionStatus => ({
    configured: held?.settings[side] ?? null,
    measured: held?.calibration?.[side] ?? null,
  });
  return {
    name: named(link).name,
    container: link.name,
    backend: held?.backend ?? null,
    health,
    addresses,
    between: (held?.legs.map(({ network }) => network) ?? dataNetworks(addresses)) as [string, string],
    verdict: held?.calibration?.verdict ?? null,
    outside: held?.calibration ? violations(held.calibration).map(({ path }) => path) : [],
    forward: direction("forward"),
    backward: direction("backward"),
  };
}

function dataNetworks(addresses: Record<string, string>): string[] {
  return Object.keys(addresses).filter((network) => network !== MANAGEMENT);
}

function named({ labels }: ObservedContainer): { name: string; role: string } {
  return { name: memberOf(labels) ?? "", role: roleOf(labels) ?? "" };
}

/** Turns the keys `rttlab-<scenario>-<network>` of addresses into `<network>`. */
function addressesByNetwork({ addresses, labels }: ObservedContainer): Record<string, string> {
  const prefix = dockerName(scenarioOf(labels) ?? "", "");
  return Object.fromEntries(
    Object.entries(addresses).map(([network, address]) => [network.replace(prefix, ""), address]),
  );
}
