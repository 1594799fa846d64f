// Parts of this machine that a testbed could collide with: subnets that it routes, addresses that
// it needs, occupied ports.

import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";

/**
 * A subnet that this machine routes, or a /32 that it needs, in CIDR notation, and the interface;
 * empty if unknown.
 */
export interface MachineRoute {
  subnet: string;
  interface: string;
}

/**
 * The machine's IPv4 routes except the default, their gateways, its own addresses and its name
 * servers. A subnet that covered one of the latter would cut the machine off. Empty if the kernel
 * does not report it (no Linux).
 */
export async function machineRoutes(): Promise<MachineRoute[]> {
  const [routes, servers] = await Promise.all([
    readFile("/proc/net/route", "utf8").then(parseRoutes, () => []),
    readFile("/etc/resolv.conf", "utf8").then(parseNameServers, () => []),
  ]);
  const own = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address }) => ({ subnet: `${address}/32`, interface: name })),
  );
  return [...routes, ...servers, ...own.filter(({ subnet }) => !subnet.includes(":"))];
}

/**
 * Reads /proc/net/route: columns Iface, Destination, Gateway … Mask, numbers in little-endian
 * hexadecimal.
 */
export function parseRoutes(table: string): MachineRoute[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length >= 8)
    .flatMap(([name = "", destination = "", gateway = "", , , , , mask = ""]) => [
      ...(mask === NONE ? [] : [{ subnet: `${dotted(destination)}/${prefixLength(mask)}`, interface: name }]),
      ...(gateway === NONE ? [] : [{ subnet: `${dotted(gateway)}/32`, interface: name }]),
    ]);
}

const NONE = "00000000";

/** Reads resolv.conf(5); a loopback address is the machine's own. */
export function parseNameServers(text: string): MachineRoute[] {
  const servers = [...text.matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)];
  return servers.map(([, address]) => ({ subnet: `${address}/32`, interface: "" }));
}

/** The candidate ports that are occupied on 127.0.0.1. */
export async function busyPorts(candidates: readonly number[]): Promise<number[]> {
  const busy = await Promise.all(candidates.map(async (port) => ((await isFree(port)) ? [] : [port])));
  return busy.flat();
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once("error", () => resolve(false)).listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(true));
  const free = await promise;
  if (free) await new Promise((closed) => server.close(closed));
  return free;
}

function dotted(littleEndianHex: string): string {
  return [...Buffer.from(littleEndianHex, "hex")].reverse().join(".");
}

function prefixLength(littleEndianHex: string): number {
  return [...Number.parseInt(littleEndianHex, 16).toString(2)].filter((bit) => bit === "1").length;
}
