// A steady load: several connections that send for a time. Only bytes acknowledged between the
// warm-up and the end count, so that neither slow start nor the draining of full queues is in the
// rate, nor their losses among those counted. The end cuts all connections off.

import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { TransferProgress, TransferResult } from "../../../../lib/contract/transfer.ts";
import { RttlabError } from "../../../../lib/errors.ts";
import { SEGMENT_BYTES } from "../../protocol/wire.ts";
import type { Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { put } from "./ask.ts";
import type { RunSettings } from "./run.ts";
import { seededStream } from "./seeded.ts";

/** Runs it to its end; settings as checkRun lets them through. Aborts with E_CANCELLED. */
export async function runSteady(
  endpoint: Endpoint,
  settings: RunSettings,
  from: string | null,
  watch: { onOpen?: (socket: RudpSocket) => void; onProgress?: (now: TransferProgress) => void; everyMillis?: number },
  signal: AbortSignal,
): Promise<TransferResult> {
  const { onOpen = () => {}, onProgress = () => {}, everyMillis = 1000 } = watch;
  const { target, connection, connections, warmupSeconds, seed } = settings;
  const seconds = settings.seconds as number;
  await endpoint.started();
  const startedAt = new Date().toISOString();
  const [beganMillis, cpu] = [performance.now(), process.cpuUsage()];
  const since = () => (performance.now() - beganMillis) / 1000;
  const sockets = await connectAll(endpoint, connections, { target, connection, from, signal });
  const connectSeconds = since();
  for (const socket of sockets) onOpen(socket);
  const acknowledged = () => sockets.reduce((sum, socket) => sum + acknowledgedBytes(socket), 0);
  const lossEvents = () => sockets.reduce((sum, socket) => sum + lossEventsOf(socket), 0);
  const ticker = setInterval(() => {
    const numbers = (sockets[0] as RudpSocket).numbers();
    onProgress({ elapsedSeconds: since(), sentBytes: acknowledged(), receivedBytes: 0, numbers });
  }, everyMillis);
  try {
    const sending = sockets.map((socket, index) =>
      put(socket, seededStream(seed + index, null), { seed: seed + index }),
    );
    const failure = Promise.all(sending);
    const wait = (forSeconds: number) => Promise.race([delay(forSeconds * 1000, null, { signal }), failure]);
    // that they were cut off is no failure; one before that rejects the wait
    failure.catch(() => {});
    await wait(warmupSeconds);
    const [fromSeconds, fromBytes, earlierLosses] = [since(), acknowledged(), lossEvents()];
    await wait(seconds);
    const [elapsedSeconds, sentBytes] = [since(), acknowledged()];
    const { user, system } = process.cpuUsage(cpu);
    return {
      settings,
      startedAt,
      elapsedSeconds,
      connectSeconds,
      sentBytes,
      receivedBytes: 0,
      goodputBitsPerSecond: ((sentBytes - fromBytes) * 8) / (elapsedSeconds - fromSeconds),
      cpuSeconds: (user + system) / 1e6,
      numbers: (sockets[0] as RudpSocket).numbers(),
      lossEvents: lossEvents() - earlierLosses,
    };
  } catch (error) {
    if (signal.aborted) throw new RttlabError("E_CANCELLED", `the transfers with ${target}: they were broken off`);
    throw error;
  } finally {
    clearInterval(ticker);
    for (const socket of sockets) socket.abort();
  }
}

/** All of them, or none. */
async function connectAll(
  endpoint: Endpoint,
  count: number,
  { target, ...options }: { target: string } & Parameters<Endpoint["connectAsync"]>[1],
): Promise<RudpSocket[]> {
  const attempts = Array.from({ length: count }, () => endpoint.connectAsync(target, options));
  const settled = await Promise.allSettled(attempts);
  const sockets = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed === undefined) return sockets;
  for (const socket of sockets) socket.abort();
  throw failed.reason;
}

function lossEventsOf(socket: RudpSocket): number {
  const { fastRecoveries, timeouts } = socket.numbers();
  return fastRecoveries + timeouts;
}

function acknowledgedBytes(socket: RudpSocket): number {
  return socket.numbers().acknowledgedSegments * SEGMENT_BYTES;
}
