// The most resident memory that a program on one core had, by the kernel's count (VmHWM).

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { startChild } from "./child.ts";

const SAMPLE_MILLIS = 100;

export async function peakBytes(core: string, command: readonly string[]): Promise<number> {
  const child = startChild(["taskset", "-c", core, ...command], { stdio: ["ignore", "ignore", "pipe"] });
  const errors = text(child.stderr as NodeJS.ReadableStream);
  let peak = 0;
  // The count only grows, and is read until the program ends.
  const sampler = setInterval(() => {
    peak = Math.max(peak, highWaterBytes(child.pid as number));
  }, SAMPLE_MILLIS);
  const [code] = await once(child, "exit");
  clearInterval(sampler);
  if (code !== 0) throw new Error(`running ${command.join(" ")}: it ended with ${code}: ${await errors}`);
  return peak;
}

/** 0: it has ended. */
function highWaterBytes(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
