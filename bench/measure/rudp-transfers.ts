// The same transfer by RUDP, by the kernel's TCP and by udx: connect, send so many bytes, be told by the other end's program that it has them
// all. All three are Node programs that send and receive in the same way, so what differs is the transport.

import type { Path } from "./rudp-path.ts";

/** Seconds at the sending end: until the connection was open, and until the answer was there, both from the beginning. */
export interface Transfer {
  connectSeconds: number;
  elapsedSeconds: number;
}

/** What the line of JSON before a RUDP transfer's bytes takes at most: it is part of what has to come through. */
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

/** Congestion control and segment size are the routes' (Path.useTcp). */
export async function overTcp(path: Path, bytes: number): Promise<Transfer> {
  const program = TCP_SERVER.replace("BYTES", String(bytes));
  const server = path.at("rudp-sink", "timeout", LIMIT_SECONDS, "node", "-e", program);
  const printed = await path.at("rudp-a", "node", "-e", TCP_CLIENT.replace("BYTES", String(bytes)));
  await server;
  return JSON.parse(printed);
}

export async function overUdx(path: Path, bytes: number): Promise<Transfer> {
  const end = ["timeout", LIMIT_SECONDS, "node", "/repository/bench/measure/udx-end.ts"];
  const taking = path.beside("rudp-sink", ...end, "take", "rudp-sink", "rudp-a", String(bytes));
  const sent = await path.beside("rudp-a", ...end, "send", "rudp-a", "rudp-sink", String(bytes));
  await taking;
  return { connectSeconds: 0, elapsedSeconds: Number(sent) };
}

const TCP_SERVER = `const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
  let left = BYTES;
  socket.on("data", (chunk) => {
    left -= chunk.length;
    if (left === 0) socket.end("1");
  });
  socket.on("end", () => server.close());
}).listen(4300);`;

/** Until the server listens it is tried again; the times are of the try that came through. */
const TCP_CLIENT = `const attempt = () => {
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  let connectSeconds = 0;
  const socket = require("node:net").connect({ port: 4300, host: "rudp-sink", allowHalfOpen: true });
  socket.on("error", () => setTimeout(attempt, 50));
  socket.on("connect", () => {
    connectSeconds = since();
    socket.end(Buffer.alloc(BYTES));
  });
  socket.on("data", () => {
    console.log(JSON.stringify({ connectSeconds, elapsedSeconds: since() }));
    socket.destroy();
  });
};
attempt();`;
