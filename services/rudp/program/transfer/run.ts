// A measured transfer to or from a RUDP endpoint, for `rudp bench` and the service's `run` request.

import { performance } from "node:perf_hooks";
import type { Unchecked } from "../../../../lib/contract/contract.ts";
import {
  type ConnectionChoices,
  TRANSFER_DIRECTIONS,
  type TransferProgress,
  type TransferResult,
  type TransferSettings,
} from "../../../../lib/contract/transfer.ts";
import { type Problem, RttlabError } from "../../../../lib/errors.ts";
import { json, number, oneOf, orNull, text, whole } from "../../../../lib/fields/kinds.ts";
import { type Fields, isObject, outOfRange, readObject } from "../../../../lib/fields/read.ts";
import { type ConnectionOptions, connectionOptions } from "../../protocol/connection/options.ts";
import { SEGMENT_BYTES } from "../../protocol/wire.ts";
import type { Endpoint } from "../../thread/endpoint.ts";
import type { RudpSocket } from "../../thread/socket.ts";
import { TARGET } from "../target.ts";
import { get, put, talk } from "./ask.ts";
import { seededStream } from "./seeded.ts";

/** Settings whose connection's options have been checked. */
export interface RunSettings extends TransferSettings {
  connection: Partial<ConnectionOptions>;
}

const MOST_SECONDS = 86_400;
const MOST_CONNECTIONS = 64;

const FIELDS: Fields<TransferSettings> = {
  target: TARGET,
  direction: { ...oneOf(...TRANSFER_DIRECTIONS), usual: "send" },
  bytes: { ...orNull(whole(0, Number.MAX_SAFE_INTEGER, "a whole number of bytes")), usual: null },
  seconds: { ...orNull(number(Number.MIN_VALUE, MOST_SECONDS, `more than 0, at most ${MOST_SECONDS}`)), usual: null },
  connections: { ...whole(1, MOST_CONNECTIONS), usual: 1 },
  warmupSeconds: { ...number(0, MOST_SECONDS), usual: 0 },
  ending: { ...oneOf("wait", "cut"), usual: "wait" },
  seed: { ...whole(0, Number.MAX_SAFE_INTEGER, "a whole number"), usual: 1 },
  connection: { ...json<ConnectionChoices>("options of a connection", isObject), usual: {} },
  trace: { ...orNull(text("a path", () => true)), usual: null },
};

/** Checks a run's settings whole. E_BAD_RUN with every problem. */
export function checkRun(given: Unchecked<TransferSettings>): RunSettings {
  const { values, problems } = readObject(FIELDS, given);
  const all = [...problems, ...conflicts(values), ...optionProblems(values.connection)];
  if (all.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a transfer: refused", { problems: all });
  return values as RunSettings;
}

/** Of values that are good alone. */
function conflicts(settings: TransferSettings): Problem[] {
  const { direction, bytes, seconds, connections, warmupSeconds, ending, trace } = settings;
  const isCut = ending === "cut";
  const rules: [name: keyof TransferSettings, isKept: boolean, allowed: string][] = [
    ["bytes", (bytes === null) !== (seconds === null), "either bytes or seconds"],
    [
      "bytes",
      direction === "send" || (direction === "both") === (bytes === null),
      "seconds for both, bytes for receive",
    ],
    [
      "ending",
      !isCut || (direction === "send" && seconds !== null && trace === null),
      "cut for send with seconds, without trace",
    ],
    ["connections", isCut || connections === 1, `1; 1 to ${MOST_CONNECTIONS} with ending cut`],
    ["warmupSeconds", isCut || warmupSeconds === 0, `0; 0 to ${MOST_SECONDS} with ending cut`],
  ];
  return rules.flatMap(([name, isKept, allowed]) =>
    isKept || settings[name] === undefined ? [] : [outOfRange(name, settings[name], allowed)],
  );
}

function optionProblems(connection: ConnectionChoices): readonly Problem[] {
  try {
    connectionOptions(connection);
    return [];
  } catch (error) {
    return (error as RttlabError).problems;
  }
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
