// The same transfer by RUDP, by the kernel's TCP and by udx: connect, send a number of bytes, and
// wait until the other end's program confirms all of them. All are Node programs with warm code
// when the clock starts: RUDP's run as services, TCP's make a small transfer first. RUDP's also
// generate and check a stream of bytes where the others send zeros.

import type { Host, Path } from "./rudp-path.ts";

/**
 * Seconds at the sending end, from the beginning until the connection was open, and until the
 * confirmation.
 */
export interface Transfer {
  connectSeconds: number;
  elapsedSeconds: number;
}

/**
 * Largest length of the line of JSON before a RUDP transfer's bytes, which is part of the transfer.
 */
const LINE_BYTES = 100;
const RUDP_TARGET = "rudp-sink:4000";
/** No transfer here takes longer. */
const LIMIT_SECONDS = "900";

export interface RudpResult extends Transfer {
  goodputBitsPerSecond: number;
  cpuSecondsPerGigabyte: number;
  peerCpuSecondsPerGigabyte: number | null;
}

export async function overRudp(path: Path, bytes: number, ...words: string[]): Promise<Transfer> {
  return benchRudp(path, `bytes=${bytes - LINE_BYTES}`, ...words);
}

export async function benchRudp(path: Path, ...words: string[]): Promise<RudpResult> {
  return JSON.parse(await path.at("rudp-a", "rudp", "bench", RUDP_TARGET, "json", ...words));
}

/** The routes choose congestion control and segment size (Path.useTcp). */
export async function overTcp(path: Path, bytes: number): Promise<Transfer> {
  const run = (host: Host, program: string) =>
    path.at(host, "timeout", LIMIT_SECONDS, "node", "-e", program.replace("BYTES", String(bytes)));
  const [printed] = await Promise.all([run("rudp-a", TCP_CLIENT), run("rudp-sink", TCP_SERVER)]);
  return JSON.parse(printed);
}

export async function overUdx(path: Path, bytes: number): Promise<Transfer> {
  const end = ["timeout", LIMIT_SECONDS, "node", "/repository/bench/measure/udx-end.ts"];
  const [sent] = await Promise.all([
    path.beside("rudp-a", ...end, "send", "rudp-a", "rudp-sink", String(bytes)),
    path.beside("rudp-sink", ...end, "take", "rudp-sink", "rudp-a", String(bytes)),
  ]);
  return { connectSeconds: 0, elapsedSeconds: Number(sent) };
}

const TCP_SERVER = `const sizes = [1000, BYTES];
const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
  let left = sizes.shift();
  socket.on("data", (chunk) => {
    left -= chunk.length;
    if (left === 0) socket.end("1");
  });
  socket.on("end", () => sizes.length === 0 && server.close());
}).listen(4300);`;

/**
 * The small transfer is retried until the server listens; the times are those of the second
 * transfer.
 */
const TCP_CLIENT = `const { connect } = require("node:net");
const fail = (error) => {
  throw error;
};
const transfer = (host, bytes, done, failed = fail) => {
  const content = Buffer.alloc(bytes);
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  let connectSeconds = 0;
  const socket = connect({ port: 4300, host, allowHalfOpen: true });
  socket.on("error", failed);
  socket.on("connect", () => {
    connectSeconds = since();
    socket.end(content);
  });
  socket.on("data", () => {
    done({ connectSeconds, elapsedSeconds: since() });
    socket.destroy();
  });
};
const warmUp = (host) => transfer(host, 1000, () => measure(host), () => setTimeout(warmUp, 50, host));
const measure = (host) => transfer(host, BYTES, (times) => console.log(JSON.stringify(times)));
require("node:dns").lookup("rudp-sink", 4, (error, address) => warmUp(address));`;
