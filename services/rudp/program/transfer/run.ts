// A measured transfer to or from a RUDP endpoint, for `rudp bench` and the service's `run` request:
// one that lasts until everything has arrived, or several that are cut off (steady.ts). Either way
// what counts is what was done between two moments.

import { performance } from "node:perf_hooks";
import type { TransferProgress, TransferResult } from "../../../../lib/contract/transfer.ts";
import { RttlabError } from "../../../../lib/errors.ts";
import type { Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { get, put, talk } from "./ask.ts";
import { connectAll } from "./connect.ts";
import { acknowledgedBytes, BEGINNING, type Counted, goodputOf, lossesOf, type Moment, newLosses } from "./counted.ts";
import type { OpenRun } from "./open-run.ts";
import { seededStream } from "./seeded.ts";
import type { RunSettings } from "./settings.ts";
import { sendUntilCut } from "./steady.ts";

/**
 * Runs a transfer to its end and calls `onProgress` about every `everyMillis`. Throws E_CANCELLED
 * when the signal aborts.
 */
export async function run(
  endpoint: Endpoint,
  settings: RunSettings,
  from: string | null,
  watch: { onOpen?: (socket: RudpSocket) => void; onProgress?: (now: TransferProgress) => void; everyMillis?: number },
  signal: AbortSignal,
): Promise<TransferResult> {
  const { onOpen = () => {}, onProgress = () => {}, everyMillis = 1000 } = watch;
  const { target, direction, connection, connections, trace, ending } = settings;
  await endpoint.started();
  const startedAt = new Date().toISOString();
  const [beganMillis, cpu] = [performance.now(), process.cpuUsage()];
  const since = () => (performance.now() - beganMillis) / 1000;
  const options = { connection, from, trace, signal };
  const { sockets, connectSeconds } = await connectAll(endpoint, target, connections, options);
  for (const socket of sockets) onOpen(socket);
  const arrived = { bytes: 0 };
  const now = (): Moment => {
    const { user, system } = process.cpuUsage(cpu);
    const sentBytes = direction === "receive" ? 0 : acknowledgedBytes(sockets);
    const moved = { sentBytes, receivedBytes: arrived.bytes };
    return { seconds: since(), cpuSeconds: (user + system) / 1e6, ...moved, losses: lossesOf(sockets) };
  };
  const ticker = setInterval(() => {
    const { seconds: elapsedSeconds, sentBytes, receivedBytes } = now();
    onProgress({ elapsedSeconds, sentBytes, receivedBytes, numbers: sockets[0].numbers() });
  }, everyMillis);
  const abortAll = () => {
    for (const socket of sockets) socket.abort();
  };
  signal.addEventListener("abort", abortAll, { once: true });
  if (signal.aborted) abortAll();
  try {
    const perform = ending === "cut" ? sendUntilCut : moveWhole;
    const counted = await perform({ sockets, settings, arrived, since, now, signal });
    const { seconds: elapsedSeconds, cpuSeconds, sentBytes, receivedBytes } = counted.to;
    return {
      settings,
      startedAt,
      elapsedSeconds,
      connectSeconds,
      sentBytes,
      receivedBytes,
      goodputBitsPerSecond: goodputOf(counted),
      cpuSeconds,
      numbers: sockets[0].numbers(),
      losses: direction === "send" ? newLosses(counted) : null,
    };
  } catch (error) {
    abortAll();
    if (signal.aborted) throw new RttlabError("E_CANCELLED", `the transfer with ${target}: it was broken off`);
    throw error;
  } finally {
    clearInterval(ticker);
    signal.removeEventListener("abort", abortAll);
    if (ending === "cut") abortAll();
  }
}

/** One transfer, from its beginning until everything has arrived. */
async function moveWhole(open: OpenRun): Promise<Counted> {
  const { sockets } = open;
  const moved = await move(open);
  const to = { ...open.now(), ...moved };
  await sockets[0].closeAsync();
  // The end publishes the last numbers.
  return { from: BEGINNING, to: { ...to, losses: lossesOf(sockets) } };
}

async function move({ sockets: [socket], settings, arrived, since }: OpenRun) {
  const { direction, bytes, seconds, seed } = settings;
  const isEnough = () => seconds !== null && since() >= seconds;
  const received = (length: number) => {
    arrived.bytes += length;
  };
  switch (direction) {
    case "send": {
      const sentBytes = await put(socket, seededStream(seed, bytes, isEnough), { bytes, seed });
      return { sentBytes, receivedBytes: 0 };
    }
    case "receive":
      return { sentBytes: 0, receivedBytes: await get(socket, bytes, seed, received) };
    case "both": {
      const moved = await talk(socket, seed, isEnough, { sent: () => {}, received });
      return { sentBytes: moved.sent, receivedBytes: moved.received };
    }
  }
}
