// What of this machine a testbed could collide with: subnets it has routes to, and ports that are taken.

import { readFile } from "node:fs/promises";
import { createServer } from "node:net";

/** A route of this machine: its subnet in CIDR notation and the interface it leaves by. */
export interface MachineRoute {
  subnet: string;
  interface: string;
}

/** The machine's IPv4 routes but for the default; none where the kernel does not tell (no Linux). */
export async function machineRoutes(): Promise<MachineRoute[]> {
  return readFile("/proc/net/route", "utf8").then(parseRoutes, () => []);
}

/** Reads /proc/net/route: columns Iface, Destination … Mask, numbers in little-endian hexadecimal. */
export function parseRoutes(table: string): MachineRoute[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length >= 8)
    .map((columns) => ({
      interface: columns[0] as string,
      destination: columns[1] as string,
      mask: columns[7] as string,
    }))
    .filter(({ mask }) => mask !== "00000000")
    .map(({ interface: name, destination, mask }) => ({
      subnet: `${dotted(destination)}/${prefixLength(mask)}`,
      interface: name,
    }));
}

/** Those of the candidate ports at which 127.0.0.1 cannot be listened on. */
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
