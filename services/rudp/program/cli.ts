// `rudp send`, `recv`, `bench` and `serve`, on this machine or in a container
// (docs/rudp-threads.md).

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { columns } from "../../../lib/columns.ts";
import { askService } from "../../../lib/contract/ask.ts";
import { RUDP_PORT } from "../../../lib/contract/places.ts";
import { log } from "../../../lib/contract/serving/log.ts";
import type { TransferProgress, TransferResult } from "../../../lib/contract/transfer.ts";
import { EXIT, RttlabError } from "../../../lib/errors.ts";
import { print } from "../../../lib/program.ts";
import { SEGMENT_BYTES } from "../protocol/wire.ts";
import { Endpoint } from "../thread/endpoint.ts";
import type { RudpSocket } from "../thread/socket.ts";
import { cancelled, interrupted, unlessInterrupted } from "./interrupt.ts";
import { clearProgress, drawProgress } from "./progress.ts";
import { put } from "./transfer/ask.ts";
import { openDestination, openSource, STANDARD } from "./transfer/file.ts";
import { hostTransfers } from "./transfer/host.ts";
import { run } from "./transfer/run.ts";
import { type Destination, serveTransfer } from "./transfer/serve.ts";
import { checkRun, type RunSettings } from "./transfer/settings.ts";
import { parseWords, USAGE, type Words } from "./words.ts";

/**
 * TIME-WAIT of the end that closes first: long enough for a few retries of the last
 * acknowledgement, short enough to sit through.
 */
const CLOSING = { timeWaitMillis: 1000 };
/** People do not wait a minute for a peer that is gone. */
const IMPATIENT = { peerTimeoutMillis: 15_000, keepAliveMillis: 5000 };
const DRAW_MILLIS = 200;
const BENCH_BYTES = 20_000_000;

/** Runs the command in the words; resolves with the exit status. */
export async function runWords(words: readonly string[]): Promise<number> {
  if (words.length === 0 || words[0] === "help" || words.includes("--help") || words.includes("-h")) {
    await print(USAGE);
    return EXIT.done;
  }
  const parsed = parseWords(words);
  // In a container of a testbed only the data address leads over the links.
  parsed.address ??= process.env.RTTLAB_DATA_ADDRESS ?? null;
  const verbs: Record<string, (words: Words, signal: AbortSignal) => Promise<void>> = { send, recv, bench, serve };
  const verb = Object.hasOwn(verbs, parsed.verb) ? verbs[parsed.verb] : undefined;
  if (verb === undefined) {
    throw new RttlabError(
      "E_USAGE",
      `rudp ${parsed.verb}: there is no such verb; known: ${Object.keys(verbs).join(", ")}`,
    );
  }
  await verb(parsed, interrupted());
  return EXIT.done;
}

async function send({ operands, json, trace, address, connection }: Words, signal: AbortSignal): Promise<void> {
  const [file, target] = wanted(operands, "send FILE HOST:PORT", 2, 2) as [string, string];
  const source = await openSource(file);
  try {
    await using endpoint = new Endpoint();
    await endpoint.started();
    const beganMillis = performance.now();
    const seconds = () => (performance.now() - beganMillis) / 1000;
    const socket = await endpoint.connectAsync(target, {
      from: address,
      trace,
      signal,
      connection: { ...CLOSING, ...IMPATIENT, ...connection },
    });
    const acknowledged = () => socket.numbers().acknowledgedSegments * SEGMENT_BYTES;
    const drawing = setInterval(() => {
      drawProgress(acknowledged(), source.bytes, seconds(), socket.numbers());
    }, DRAW_MILLIS);
    const work = async (): Promise<Outcome> => {
      const bytes = await put(socket, source.chunks, { bytes: source.bytes });
      const elapsedSeconds = seconds();
      await socket.closeAsync();
      return { bytes, elapsedSeconds, goodputBitsPerSecond: (bytes * 8) / elapsedSeconds, numbers: socket.numbers() };
    };
    try {
      const outcome = await unlessInterrupted(socket, signal, work());
      clearProgress();
      await report(outcome, json);
    } finally {
      clearInterval(drawing);
      clearProgress();
    }
  } finally {
    source.close();
  }
}

async function recv({ operands, json, address, connection }: Words, signal: AbortSignal): Promise<void> {
  const [port, file = STANDARD] = wanted(operands, "recv PORT [FILE]", 1, 2) as [string, string?];
  if (json && file === STANDARD) {
    throw new RttlabError("E_USAGE", "rudp recv: with json it needs a FILE, for stdout cannot hold both");
  }
  await using endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({
    address: address ?? "0.0.0.0",
    port: portIn(port),
    connection: { ...CLOSING, ...IMPATIENT, ...connection },
  });
  // Opened only once the port is ours, so that a second receiver does not spoil the first one's
  // file.
  const destination = await openDestination(file);
  try {
    process.stderr.write(`listening at ${listener.address}:${listener.port}\n`);
    const socket = await Promise.race([listener.acceptAsync(), cancelled(signal)]);
    listener.close();
    const result = await receive(socket, destination, signal);
    await report(result, json, file === STANDARD);
  } catch (error) {
    await destination.discard();
    throw error;
  }
}

async function receive(socket: RudpSocket, destination: Destination, signal: AbortSignal): Promise<Outcome> {
  const beganMillis = performance.now();
  const seconds = () => (performance.now() - beganMillis) / 1000;
  const drawing = setInterval(() => {
    drawProgress(socket.numbers().dataBytesDelivered, null, seconds(), socket.numbers());
  }, DRAW_MILLIS);
  try {
    const serving = serveTransfer(socket, () => destination);
    const { op, received: bytes } = await unlessInterrupted(socket, signal, serving);
    if (op !== "put") throw new RttlabError("E_RUDP_PROTOCOL", `receiving from ${socket.peer}: it sent no file`);
    const elapsedSeconds = seconds();
    return { peer: socket.peer, bytes, elapsedSeconds, goodputBitsPerSecond: (bytes * 8) / elapsedSeconds };
  } finally {
    clearInterval(drawing);
    clearProgress();
  }
}

async function bench(words: Words, signal: AbortSignal): Promise<void> {
  const [given] = wanted(words.operands, "bench [HOST:PORT]", 0, 1);
  const { direction, seed, trace, seconds, json, address } = words;
  const bytes = words.bytes ?? (seconds === null && direction !== "both" ? BENCH_BYTES : null);
  const connection = { ...CLOSING, ...IMPATIENT, ...words.connection };
  const settings = (target: string) => checkRun({ target, direction, bytes, seconds, seed, connection, trace });
  settings(given ?? "localhost:1");
  const onProgress = ({ sentBytes, receivedBytes, elapsedSeconds, numbers }: TransferProgress) =>
    drawProgress(sentBytes + receivedBytes, bytes, elapsedSeconds, numbers);
  await using peer = given === undefined ? await startPeer() : null;
  const target = given ?? peer?.target ?? "";
  try {
    const { losses, ...result } = hasService(words)
      ? await runInService(settings(target), onProgress, signal)
      : await runHere(settings(target), address, onProgress, signal);
    const gigabytes = (result.sentBytes + result.receivedBytes) / 1e9;
    const theirs = (await peer?.cpuSeconds()) ?? null;
    clearProgress();
    await report(
      {
        ...result,
        ...losses,
        cpuSecondsPerGigabyte: result.cpuSeconds / gigabytes,
        peerCpuSecondsPerGigabyte: theirs === null ? null : theirs / gigabytes,
      },
      json,
    );
  } finally {
    clearProgress();
  }
}

/**
 * In a host of a testbed the service does the run: it holds the background load and has the
 * metrics.
 */
function hasService({ operands, address }: Words): boolean {
  const { RTTLAB_NAME, RTTLAB_DATA_ADDRESS } = process.env;
  return RTTLAB_NAME !== undefined && address === RTTLAB_DATA_ADDRESS && operands.length > 0;
}

async function runInService(
  settings: RunSettings,
  onProgress: (now: TransferProgress) => void,
  signal: AbortSignal,
): Promise<TransferResult> {
  const trace = settings.trace === null ? null : resolve(settings.trace);
  return (await askService("rudp.run", { ...settings, trace }, onProgress, signal)).result;
}

async function runHere(
  settings: RunSettings,
  from: string | null,
  onProgress: (now: TransferProgress) => void,
  signal: AbortSignal,
): Promise<TransferResult> {
  await using endpoint = new Endpoint();
  return await run(endpoint, settings, from, { onProgress, everyMillis: DRAW_MILLIS }, signal);
}

async function serve({ operands, address, connection }: Words, signal: AbortSignal): Promise<void> {
  const [port = String(RUDP_PORT)] = wanted(operands, "serve [PORT]", 0, 1);
  await using endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({
    address: address ?? "0.0.0.0",
    port: portIn(port),
    connection: { ...CLOSING, ...connection },
  });
  log("listening", { address: listener.address, port: listener.port });
  const hosting = hostTransfers(listener, {
    onAccepted: ({ peer }) => log("accepted", { peer }),
    onServed: ({ peer }, served, elapsedSeconds, cpuSeconds) =>
      log("served", { peer, ...served, elapsedSeconds, cpuSeconds }),
    onFailed: ({ peer }, { message }) => log("failed", { peer, message }),
  });
  await Promise.race([hosting, cancelled(signal)]).catch((error: RttlabError) => {
    if (error.code !== "E_CANCELLED") throw error;
  });
  hosting.catch(() => {});
}

/** Without a target, a second process serves on loopback. */
async function startPeer() {
  const argv = [process.argv[1] as string, "serve", "0", "address=127.0.0.1", "timeWaitMillis=50"];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const next = async (event: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new RttlabError("E_RUDP_PEER", `starting a second process: it ended before it was ${event}`);
      const found = JSON.parse(value);
      if (found.event === event) return found;
    }
  };
  const { port } = await next("listening");
  return {
    target: `127.0.0.1:${port}`,
    cpuSeconds: async () => (await next("served")).cpuSeconds as number,
    async [Symbol.asyncDispose]() {
      child.kill();
    },
  };
}

function wanted(operands: string[], usage: string, least: number, most: number): string[] {
  if (operands.length >= least && operands.length <= most) return operands;
  throw new RttlabError("E_USAGE", `rudp ${usage}: it has ${operands.length} words`);
}

function portIn(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new RttlabError("E_USAGE", `port ${text}: it is a whole number, 0 to 65535`);
}

interface Outcome extends Record<string, unknown> {
  elapsedSeconds: number;
  goodputBitsPerSecond: number;
}

/** On stderr where stdout carries the received data. */
async function report(outcome: Outcome, json: boolean, onStderr = false): Promise<void> {
  const { elapsedSeconds, goodputBitsPerSecond, ...others } = outcome;
  const numbers = Object.entries(others).filter(([, value]) => typeof value === "number");
  const rows = [
    `${elapsedSeconds.toFixed(3)} s, ${(goodputBitsPerSecond / 1e6).toFixed(1)} Mbit/s`,
    columns(
      numbers.map(([name, value]) => [name, String(value)]),
      { indent: "  " },
    ),
  ];
  const text = json ? `${JSON.stringify(outcome)}\n` : `${rows.join("\n")}\n`;
  if (onStderr) process.stderr.write(text);
  else await print(text);
}
