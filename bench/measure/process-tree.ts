// A program with all processes that it started: their processor time and memory, by the kernel's
// counts (proc_pid_stat(5), proc_pid_smaps_rollup(5)).

import { readdirSync, readFileSync } from "node:fs";

/** The process and its descendants. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((one) => /^\d+$/.test(one))) {
    const fields = statOf(Number(name));
    if (fields !== null) parents.set(Number(name), Number(fields[1]));
  }
  const childrenOf = (pid: number): number[] =>
    [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...childrenOf(child)]);
  return [root, ...childrenOf(root)];
}

/** User and system so far, in hundredths of a second; also of children that have ended. */
export function cpuSecondsOf(root: number): number {
  const ticks = treeOf(root).flatMap((pid) => statOf(pid)?.slice(11, 15).map(Number) ?? []);
  return ticks.reduce((sum, one) => sum + one, 0) / 100;
}

/** Memory, with pages that several processes share divided among them. */
export function memoryBytesOf(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + (proportionalKibibytes(pid) ?? 0) * 1024, 0);
}

function proportionalKibibytes(pid: number): number | null {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    return null; // it has ended
  }
}

/** The fields after the name, which stands in parentheses and may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null; // it has ended
  }
}
