// How busy the machine's processors have been since its start, all of them together, from
// /proc/stat (proc(5)).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MachineUsage } from "../../lib/contract/usage.ts";

/** The kernel counts in hundredths of a second on every architecture that Node supports. */
const TICKS_PER_SECOND = 100;

/** `processes` is the machine's /proc. */
export function readMachine(processes: string): MachineUsage {
  return machineUsage(readFileSync(join(processes, "stat"), "utf8"));
}

export function machineUsage(stat: string): MachineUsage {
  const lines = stat.split("\n");
  const all = (lines.find((line) => line.startsWith("cpu ")) ?? "").split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = all;
  return {
    cores: lines.filter((line) => /^cpu\d/.test(line)).length,
    busySeconds: (user + nice + system + irq + softirq) / TICKS_PER_SECOND,
    softirqSeconds: softirq / TICKS_PER_SECOND,
  };
}
