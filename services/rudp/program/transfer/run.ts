// A measured transfer to or from a RUDP endpoint, for `rudp bench` and the service's `run` request.

import { performance } from "node:perf_hooks";
import type { Unchecked } from "../../../../lib/contract/contract.ts";
import {
  TRANSFER_DIRECTIONS,
  type TransferProgress,
  type TransferResult,
  type TransferSettings,
} from "../../../../lib/contract/transfer.ts";
import { type Problem, RttlabError } from "../../../../lib/errors.ts";
import { type ConnectionOptions, connectionOptions } from "../../protocol/connection/options.ts";
import { SEGMENT_BYTES } from "../../protocol/wire.ts";
import type { Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { get, put, talk } from "./ask.ts";
import { seededStream } from "./seeded.ts";

/** Settings whose connection's options have been checked. */
export interface RunSettings extends TransferSettings {
  connection: Partial<ConnectionOptions>;
}

const MOST_SECONDS = 86_400;
const MOST_CONNECTIONS = 64;

/** Checks a run's settings whole. E_BAD_RUN with every problem. */
export function checkRun(given: Unchecked<TransferSettings>): RunSettings {
  const { target, direction = "send", bytes = null, seconds = null, seed = 1, connection = {}, trace = null } = given;
  const { connections = 1, warmupSeconds = 0, ending = "wait" } = given;
  const problems: Problem[] = [];
  const check = (path: string, value: unknown, isGood: boolean, allowed: string) => {
    const code = value === undefined ? "E_MISSING_KEY" : "E_OUT_OF_RANGE";
    if (!isGood)
      problems.push({ code, path, message: `${JSON.stringify(value) ?? "nothing"} is not allowed`, allowed });
  };
  const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  check(
    "target",
    target,
    typeof target === "string" && /^[^:]+:\d+$/.test(target),
    "host:port, by name or IPv4 address: RUDP runs over IPv4 only",
  );
  check("direction", direction, TRANSFER_DIRECTIONS.includes(direction as "send"), TRANSFER_DIRECTIONS.join(", "));
  check("bytes", bytes, bytes === null || isWhole(bytes), "a whole number of bytes");
  const isTime = typeof seconds === "number" && seconds > 0 && seconds <= MOST_SECONDS;
  check("seconds", seconds, seconds === null || isTime, `more than 0, at most ${MOST_SECONDS}`);
  check("bytes", bytes, (bytes === null) !== (seconds === null), "either bytes or seconds");
  check(
    "bytes",
    bytes,
    direction === "send" || (direction === "both") === (bytes === null),
    "seconds for both, bytes for receive",
  );
  check("ending", ending, ending === "wait" || ending === "cut", "wait or cut");
  const isCut = ending === "cut";
  check(
    "ending",
    ending,
    !isCut || (direction === "send" && seconds !== null && trace === null),
    "cut for send with seconds, without trace",
  );
  const isCount = isWhole(connections) && (connections as number) >= 1 && (connections as number) <= MOST_CONNECTIONS;
  check(
    "connections",
    connections,
    isCount && (isCut || connections === 1),
    `1; 1 to ${MOST_CONNECTIONS} with ending cut`,
  );
  const isWarmup = typeof warmupSeconds === "number" && warmupSeconds >= 0 && warmupSeconds <= MOST_SECONDS;
  check(
    "warmupSeconds",
    warmupSeconds,
    isWarmup && (isCut || warmupSeconds === 0),
    `0; 0 to ${MOST_SECONDS} with ending cut`,
  );
  check("seed", seed, isWhole(seed), "a whole number");
  check("trace", trace, trace === null || typeof trace === "string", "a path");
  try {
    connectionOptions(connection as object);
  } catch (error) {
    problems.push(...(error as RttlabError).problems);
  }
  if (problems.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a transfer: refused", { problems });
  const ways = { connections, warmupSeconds, ending };
  return { target, direction, bytes, seconds, ...ways, seed, connection, trace } as RunSettings;
}

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
  const { target, connection, trace } = settings;
  await endpoint.started();
  const startedAt = new Date().toISOString();
  const [beganMillis, cpu] = [performance.now(), process.cpuUsage()];
  const since = () => (performance.now() - beganMillis) / 1000;
  const socket = await endpoint.connectAsync(target, { connection, from, trace, signal });
  const connectSeconds = since();
  onOpen(socket);
  const counted = { received: 0 };
  const progress = (): TransferProgress => ({
    elapsedSeconds: since(),
    ...bytesOf(socket, settings, counted.received),
  });
  const ticker = setInterval(() => onProgress(progress()), everyMillis);
  const cancel = () => socket.abort();
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const moved = await move(socket, settings, since, counted);
    const elapsedSeconds = since();
    const { user, system } = process.cpuUsage(cpu);
    await socket.closeAsync();
    const goodputBitsPerSecond = ((moved.sentBytes + moved.receivedBytes) * 8) / elapsedSeconds;
    const times = { startedAt, elapsedSeconds, connectSeconds, goodputBitsPerSecond };
    const numbers = socket.numbers();
    const lossEvents = numbers.fastRecoveries + numbers.timeouts;
    return { settings, ...times, ...moved, cpuSeconds: (user + system) / 1e6, numbers, lossEvents };
  } catch (error) {
    socket.abort();
    if (signal.aborted) throw new RttlabError("E_CANCELLED", `the transfer with ${target}: it was broken off`);
    throw error;
  } finally {
    clearInterval(ticker);
    signal.removeEventListener("abort", cancel);
  }
}

async function move(
  socket: RudpSocket,
  { direction, bytes, seconds, seed }: RunSettings,
  since: () => number,
  counted: { received: number },
): Promise<{ sentBytes: number; receivedBytes: number }> {
  const isEnough = () => seconds !== null && since() >= seconds;
  const received = (length: number) => {
    counted.received += length;
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

function bytesOf(socket: RudpSocket, { direction }: RunSettings, receivedBytes: number) {
  const numbers = socket.numbers();
  const sentBytes = direction === "receive" ? 0 : numbers.acknowledgedSegments * SEGMENT_BYTES;
  return { sentBytes, receivedBytes, numbers };
}
