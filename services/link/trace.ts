// The op `trace`: for as long as the client stays, what waits in the queue of each direction, every
// few milliseconds, and the packets at both ends. The sampler runs where the qdiscs are, so in the
// guest; tcpdump (1) on the container's own interfaces.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Handler } from "../../lib/contract/contract.ts";
import { SAMPLER } from "../../lib/contract/places.ts";
import { endOfInput } from "../../lib/contract/serving/end-of-input.ts";
import { readTraceBounds, type TraceBounds } from "../../lib/contract/trace.ts";
import type { Backend } from "./backend.ts";

const FILE = "/tmp/queues";
/** All headers of TCP and of RUDP with their options. */
const SNAP_BYTES = 128;
/** Pings are not what is measured, and ARP neither. */
const FILTER = "tcp or udp";

export function traceHandler(backend: Backend): Handler<"link.trace"> {
  return async (request, emit, signal) => {
    const bounds = readTraceBounds(request);
    const captures = bounds.packets === 0 ? [] : backend.interfaces.map((name) => capture(name, bounds.packets));
    const endQueues = await sampleQueues(backend, bounds);
    await Promise.all(captures.map(({ begun }) => begun));
    emit("trace", {});
    await endOfInput(signal);
    const clockOffsetMillis = await offsetOf(backend);
    const queues = await endQueues();
    return { queues, clockOffsetMillis, captures: await Promise.all(captures.map(({ end }) => end())) };
  };
}

/** Resolves, once the sampler runs, to what ends it and gets what it has seen. */
async function sampleQueues(
  { script, devices }: Backend,
  { everyMillis, samples }: TraceBounds,
): Promise<() => Promise<string>> {
  if (samples === 0) return async () => "";
  const { forward, backward } = devices;
  const words = `${SAMPLER} ${FILE} ${everyMillis} ${samples} queues ${forward.egress} ${backward.egress}`;
  const begin = `rm -f ${FILE}; perl ${words} </dev/null >/dev/null 2>${FILE}.said & echo $!`;
  const id = Number(await script(begin));
  const wholeFile = `n=0; until [ -e ${FILE} ] || [ $n -ge 100 ]; do n=$((n+1)); sleep 0.02; done`;
  const readFile = `cat ${FILE} || { cat ${FILE}.said; false; }`;
  return () => script(`kill ${id}; ${wholeFile}; ${readFile} && rm -f ${FILE} ${FILE}.said`);
}

const LOOKS = 8;

/**
 * Of several looks at the backend's clock the one that took the least time says best when it was.
 */
async function offsetOf({ clockMillis }: Backend): Promise<number> {
  let best = { tookMillis: Number.POSITIVE_INFINITY, offsetMillis: 0 };
  for (let look = 0; look < LOOKS; look += 1) {
    const [asked, began] = [Date.now(), performance.now()];
    const there = await clockMillis();
    const tookMillis = performance.now() - began;
    if (tookMillis < best.tookMillis) best = { tookMillis, offsetMillis: asked + tookMillis / 2 - there };
  }
  return best.offsetMillis;
}

interface Capture {
  begun: Promise<void>;
  /** Resolves to the file. */
  end(): Promise<string>;
}

function capture(name: string, packets: number): Capture {
  const words = ["-Z", "root", "-i", name, "-p", "-n", "--immediate-mode", "--time-stamp-precision=nano"];
  const bounds = ["-s", String(SNAP_BYTES), "-c", String(packets), "-w", "-", FILTER];
  const child = spawn("tcpdump", [...words, ...bounds], { stdio: ["ignore", "pipe", "pipe"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const isOver = once(child, "close");
  return {
    begun: saysListening(child),
    async end() {
      child.kill("SIGINT");
      await isOver;
      return Buffer.concat(chunks).toString("base64");
    },
  };
}

/** Resolves as well when it could not begin: its file is empty then. */
function saysListening(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.stderr?.on("data", (said: Buffer) => said.includes("listening on") && resolve());
  child.once("close", () => resolve());
  child.once("error", () => resolve());
  return promise;
}
