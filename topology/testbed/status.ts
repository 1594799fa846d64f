// The state of a testbed as its containers and the links' agents give it: the document of `topology status --json`.

import type { Direction } from "../../lib/link/direction.ts";
import type { DirectionCalibration, Verdict } from "../../lib/results.ts";
import type { Engine } from "../apply/docker.ts";
import { violations } from "../calibrate/report.ts";
import { SERVICE_PORTS } from "../plan/hosts.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { wordOf } from "../testbed/advice.ts";
import { readLink } from "../testbed/link-state.ts";
import { HOST_ROLES, membersOf } from "../testbed/targets.ts";
import { type Urls, urlsOf } from "../testbed/watchers.ts";

/** What `status --json` prints. Addresses are by the scenario's own names of its networks, and `mgmt`. */
export interface Status {
  scenario: string;
  hosts: HostStatus[];
  links: LinkStatus[];
  urls: Urls;
}

export interface HostStatus {
  name: string;
  role: string;
  container: string;
  addresses: Record<string, string>;
  endpoints: Partial<Record<"http" | "rudp", string>>;
  health: Health;
}

/** unwired: it runs, but its routes and offloads are not set (any more). */
export type Health = "healthy" | "unwired" | "unreachable" | "stopped";

export interface LinkStatus {
  name: string;
  container: string;
  /** null when its agent does not answer. */
  backend: string | null;
  health: Health;
  addresses: Record<string, string>;
  between: [first: string, second: string];
  /** Of the calibration of the settings in force; null: not measured since they were applied. */
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

/** The state of one scenario, as its containers and the links' agents tell it. */
export async function readStatus(
  engine: Engine,
  { containers, networks }: Pick<Observed, "containers" | "networks">,
  scenario: string,
): Promise<Status> {
  const ours = containers.filter(({ labels }) => labels["rttlab.scenario"] === scenario);
  return {
    scenario,
    hosts: membersOf({ containers }, scenario, HOST_ROLES).map((host) => hostStatus(host, ours)),
    links: await Promise.all(membersOf({ containers }, scenario, ["link"]).map((link) => linkStatus(engine, link))),
    urls: await urlsOf(ours, wordOf(scenario, networks)),
  };
}

function hostStatus(host: ObservedContainer, ours: ObservedContainer[]): HostStatus {
  const { name = "", role = "" } = named(host);
  const addresses = addressesByNetwork(host);
  const data = addresses[dataNetworks(addresses)[0] ?? ""];
  return {
    name,
    role,
    container: host.name,
    addresses,
    endpoints: data === undefined ? {} : endpointsOf(role, data),
    health: hostHealth(host, ours),
  };
}

function endpointsOf(role: string, address: string): HostStatus["endpoints"] {
  if (role === "server") return { http: `${address}:${SERVICE_PORTS.server}` };
  return role === "rudp" ? { rudp: `${address}:${SERVICE_PORTS.rudp}` } : {};
}

function hostHealth({ name, state, startedAtMillis }: ObservedContainer, ours: ObservedContainer[]): Health {
  if (state !== "running") return "stopped";
  const wiring = ours.find((helper) => helper.name === `${name}.wiring`);
  const isWired = wiring?.exitCode === 0 && (wiring.finishedAtMillis ?? 0) >= (startedAtMillis ?? 0);
  return isWired ? "healthy" : "unwired";
}

async function linkStatus(engine: Engine, link: ObservedContainer): Promise<LinkStatus> {
  const addresses = addressesByNetwork(link);
  const held = link.state === "running" ? await readLink(engine, link.name).catch(() => null) : null;
  const direction = (side: "forward" | "backward"): DirectionStatus => ({
    configured: held?.settings[side] ?? null,
    measured: held?.calibration?.[side] ?? null,
  });
  return {
    name: named(link).name ?? "",
    container: link.name,
    backend: held?.backend ?? null,
    health: held !== null ? "healthy" : link.state === "running" ? "unreachable" : "stopped",
    addresses,
    between: (held?.legs.map(({ network }) => network) ?? dataNetworks(addresses)) as [string, string],
    verdict: held?.calibration?.verdict ?? null,
    outside: held?.calibration ? violations(held.calibration).map(({ path }) => path) : [],
    forward: direction("forward"),
    backward: direction("backward"),
  };
}

function dataNetworks(addresses: Record<string, string>): string[] {
  return Object.keys(addresses).filter((network) => network !== "mgmt");
}

function named({ labels }: ObservedContainer): { name?: string; role?: string } {
  return { name: labels["rttlab.name"] ?? "", role: labels["rttlab.role"] ?? "" };
}

/** `rttlab-<scenario>-<network>` -> address becomes `<network>` -> address. */
function addressesByNetwork({ addresses, labels }: ObservedContainer): Record<string, string> {
  const prefix = `rttlab-${labels["rttlab.scenario"]}-`;
  return Object.fromEntries(
    Object.entries(addresses).map(([network, address]) => [network.replace(prefix, ""), address]),
  );
}
