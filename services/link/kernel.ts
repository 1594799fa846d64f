// The kernel backend: the container's own stack forwards between its two data interfaces and
// nowhere else. Not every kernel has netem (WSL2, many micro-VMs); topology/apply tries before it
// chooses this backend.

import { RttlabError } from "../../lib/errors.ts";
import { HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { type Backend, devicesOf } from "./backend.ts";
import type { Config } from "./config.ts";
import { findInterfaces, type Interface, runHere, takeOffloads } from "./interfaces.ts";

/** The routing table for packets from a data interface: it knows only data subnets. */
const DATA_TABLE = "100";

/** Makes the container a router without qdiscs. */
export async function startKernel({ legs, routes, mgmtAddress }: Config): Promise<Backend> {
  const addresses = [...legs.map(({ address }) => address), mgmtAddress];
  const found = findInterfaces(await runHere("ip", "-j", "address", "show"), addresses);
  const [first, second, mgmt] = found as [Interface, Interface, Interface];
  const devices = devicesOf(first.name, second.name);
  const subnets = await connectedSubnets([first.name, second.name]);
  for (const command of routerCommands([first.name, second.name], mgmt.name, mgmtAddress, subnets, routes)) {
    await runHere("ip", ...command);
  }
  for (const { name } of [first, second]) await takeOffloads(name);
  for (const { ifb } of Object.values(devices)) await addIfb(ifb);
  return {
    name: "kernel",
    devices,
    interfaces: [first.name, second.name],
    run: runHere,
    script: (line) => runHere("sh", "-c", line),
    async tc(commands) {
      const said: string[] = [];
      for (const command of commands) said.push(await runHere("tc", "-s", "-j", ...command));
      return said;
    },
    clockMillis: async () => Number(process.hrtime.bigint()) / 1e6,
    missed: async () => ({ forward: 0, backward: 0 }),
    holdsFrames: HOLDS_FRAMES.kernel,
    uncountedBytes: 0,
    ended: new Promise(() => {}),
  };
}

/**
 * The arguments of each `ip` call. Order of rules: own addresses, then data to data, then nothing.
 */
export function routerCommands(
  data: readonly string[],
  mgmt: string,
  mgmtAddress: string,
  subnets: readonly { subnet: string; interface: string }[],
  routes: Config["routes"],
): string[][] {
  const commands = [
    "rule add pref 10 lookup local",
    "rule del pref 0",
    ...data.flatMap((name) => [
      `rule add pref 1 iif ${name} to ${mgmtAddress} blackhole`,
      `rule add pref 11 iif ${name} lookup ${DATA_TABLE}`,
      `rule add pref 12 iif ${name} blackhole`,
    ]),
    `rule add pref 12 iif ${mgmt} blackhole`,
    ...subnets.map((at) => `route add ${at.subnet} dev ${at.interface} table ${DATA_TABLE}`),
    ...routes.map(({ subnet, via }) => `route add ${subnet} via ${via} table ${DATA_TABLE}`),
    ...routes.map(({ subnet, via }) => `route add ${subnet} via ${via}`),
    "route replace unreachable default",
  ];
  return commands.map((command) => command.split(" "));
}

async function connectedSubnets(interfaces: readonly string[]): Promise<{ subnet: string; interface: string }[]> {
  const lists = interfaces.map(async (name) => {
    const routes = JSON.parse(await runHere("ip", "-j", "route", "show", "dev", name, "scope", "link"));
    return (routes as { dst: string }[]).map(({ dst }) => ({ subnet: dst, interface: name }));
  });
  return (await Promise.all(lists)).flat();
}

async function addIfb(name: string): Promise<void> {
  try {
    await runHere("ip", "link", "add", name, "type", "ifb");
    await runHere("ip", "link", "set", name, "up");
  } catch (cause) {
    throw new RttlabError("E_BACKEND_UNAVAILABLE", `adding ${name}: ${(cause as Error).message}`, { cause });
  }
}
