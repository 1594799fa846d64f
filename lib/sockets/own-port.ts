// For tests that close a port and then need it to be free. One that the kernel chose may be given
// to somebody else in between, for other test files ask for any port all the time.

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

const HERE = "127.0.0.1";
/** Where a system does not say it: that of Linux and below those of others. */
const USUAL_LOWEST = 32_768;
/** Each process begins at a place of its own, so many ports from the next one's. */
const STRIDE = 20;

let next = lowestGiven() - 1 - (process.pid % 1000) * STRIDE;

/**
 * A port that is free at 127.0.0.1 for TCP and UDP, another each time. It is below those that the
 * kernel gives to whoever asks for any (ip(7), ip_local_port_range), so it stays free when its
 * holder closes it.
 */
export async function ownPort(): Promise<number> {
  for (; next > 0; next--) if (await isFree(next)) return next--;
  throw new Error(`looking for a port of our own: none below ${lowestGiven()} is free`);
}

function lowestGiven(): number {
  try {
    return Number.parseInt(readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8"), 10);
  } catch {
    return USUAL_LOWEST;
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    await using server = createServer().listen({ port, host: HERE, exclusive: true });
    await once(server, "listening");
    await using socket = createSocket("udp4").bind({ port, address: HERE, exclusive: true });
    await once(socket, "listening");
    return true;
  } catch {
    return false;
  }
}
