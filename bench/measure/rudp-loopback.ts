// Two processes on this machine without impairment: what the program itself can do, and its cost.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RudpResult } from "./rudp-transfers.ts";

export async function loopback(rounds: number): Promise<string[]> {
  const rows: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const words = ["services/rudp/main.ts", "bench", "json", "bytes=500MB"];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const { goodputBitsPerSecond, cpuSecondsPerGigabyte, peerCpuSecondsPerGigabyte } = JSON.parse(stdout) as RudpResult;
    const cost = `${cpuSecondsPerGigabyte.toFixed(2)} sending, ${peerCpuSecondsPerGigabyte?.toFixed(2)} receiving`;
    rows.push(`  ${(goodputBitsPerSecond / 1e6).toFixed(0)} Mbit/s, CPU seconds per GB: ${cost}`);
  }
  return ["loopback, one connection, two processes, 500 MB in segments of 1000 bytes (aim 500 Mbit/s):", ...rows];
}
