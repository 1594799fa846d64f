// Parts of this machine that a testbed could collide with: subnets that it routes, addresses that
// it needs, occupied ports.

import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
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

/** The candidate ports that are occupied on 127.0.0.1. `listens`: tries to listen at one. */
export async function busyPorts(candidates: readonly number[], listens = tryToListen): Promise<number[]> {
  const busy = await Promise.all(candidates.map(async (port) => ((await isBusy(port, listens)) ? [port] : [])));
  return busy.flat();
}

/**
 * An ordinary user may not listen at ports below 1024, at which Docker may publish all the same: of
 * these only one at which somebody listens is busy.
 */
async function isBusy(port: number, listens: typeof tryToListen): Promise<boolean> {
  const refusal = await listens(port);
  return refusal === "EACCES" ? answers(port) : refusal !== null;
}

/** The system's code if it refuses that, else null. */
async function tryToListen(port: number): Promise<string | null> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  server
    .once("error", ({ code = "" }: NodeJS.ErrnoException) => resolve(code))
    .listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(null));
  const refusal = await promise;
  if (refusal === null) await new Promise((closed) => server.close(closed));
  return refusal;
}

async function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: "127.0.0.1" }, () => resolve(true)).once("error", () => resolve(false));
  const isListening = await promise;
  socket.destroy();
  return isListening;
}

function dotted(littleEndianHex: string): string {
  return [...Buffer.from(littleEndianHex, "hex")].reverse().join(".");
}

function prefixLength(littleEndianHex: string): number {
  return [...Number.parseInt(littleEndianHex, 16).toString(2)].filter((bit) => bit === "1").length;
}
