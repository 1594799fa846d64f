// A container's use of the machine: CPU and memory from its cgroup, version 1 or 2, traffic from
// its network namespace. Kernel documentation: admin-guide/cgroup-v1/{cpuacct,memory}.rst and
// admin-guide/cgroup-v2.rst.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerUsage, Watched } from "../../lib/contract/usage.ts";

/** Where the machine's own /sys/fs/cgroup and /proc are mounted. */
export interface Places {
  cgroups: string;
  processes: string;
  /** An address on the management network. */
  management: string;
}

/** The container's usage; null if it has ended, or another process has its number by now. */
export function readUsage(
  { id, pid }: Pick<Watched, "id" | "pid">,
  { cgroups, processes, management }: Places,
): ContainerUsage | null {
  const process = join(processes, String(pid));
  try {
    const membership = readFileSync(join(process, "cgroup"), "utf8");
    if (!membership.includes(id)) return null;
    const read = (controller: string, file: string) =>
      readFileSync(join(cgroups, folderOf(membership, controller), file), "utf8");
    const isUnified = !/^\d+:[^:]*\bmemory\b[^:]*:/m.test(membership);
    return {
      ...(isUnified ? unifiedUsage(read) : legacyUsage(read)),
      ...trafficOf(
        readFileSync(join(process, "net", "dev"), "utf8"),
        interfaceTo(management, readFileSync(join(process, "net", "route"), "utf8")),
      ),
    };
  } catch (error) {
    if (["ENOENT", "ESRCH", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}

type Read = (controller: string, file: string) => string;
type Traffic = Pick<ContainerUsage, "receivedBytes" | "sentBytes" | "receivedPackets" | "sentPackets">;
type CgroupUsage = Omit<ContainerUsage, keyof Traffic>;

function unifiedUsage(read: Read): CgroupUsage {
  const limit = read("", "memory.max").trim();
  return {
    cpuSeconds: keyed(read("", "cpu.stat"), "usage_usec") / 1e6,
    memoryBytes: Number(read("", "memory.current")) - keyed(read("", "memory.stat"), "inactive_file"),
    memoryLimitBytes: limit === "max" ? null : Number(limit),
  };
}

/** Version 1 expresses "no limit" by a number near 2^63. */
const NO_LIMIT = 2 ** 60;

function legacyUsage(read: Read): CgroupUsage {
  const limit = Number(read("memory", "memory.limit_in_bytes"));
  return {
    cpuSeconds: Number(read("cpuacct", "cpuacct.usage")) / 1e9,
    memoryBytes:
      Number(read("memory", "memory.usage_in_bytes")) - keyed(read("memory", "memory.stat"), "total_inactive_file"),
    memoryLimitBytes: limit > NO_LIMIT ? null : limit,
  };
}

/**
 * The folder of a process's cgroup under the mount point, from /proc/<pid>/cgroup: lines of
 * `number:controllers:path`. Version 1 has a folder for each controller; the one line of version 2
 * names none.
 */
function folderOf(membership: string, controller: string): string {
  for (const line of membership.split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path !== "" && controllers.split(",").includes(controller)) return join(controller, path);
  }
  return controller;
}

function keyed(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN);
}

/** /proc/net/dev: `name: ` with eight numbers received and eight sent, bytes and packets first. */
function trafficOf(text: string, management: string | undefined): Traffic {
  const total = { receivedBytes: 0, sentBytes: 0, receivedPackets: 0, sentPackets: 0 };
  for (const line of text.split("\n")) {
    const [, name, numbers = ""] = /^\s*([^\s:]+):\s*(\d.*)$/.exec(line) ?? [];
    if (name === undefined || name === "lo") continue;
    const columns = numbers.split(/\s+/).map(Number);
    total.receivedBytes += columns[0] ?? 0;
    total.sentBytes += columns[8] ?? 0;
    if (name === management) continue;
    total.receivedPackets += columns[1] ?? 0;
    total.sentPackets += columns[9] ?? 0;
  }
  return total;
}

/**
 * The interface that leads straight to an address, by /proc/net/route: its lines have the
 * interface, then destination, gateway and, in the eighth column, mask, each as the kernel holds it
 * on a little-endian processor.
 */
function interfaceTo(address: string, text: string): string | undefined {
  const wanted = Buffer.from(address.split(".").map(Number)).readUInt32LE();
  const lines = text.split("\n").map((line) => line.split("\t"));
  return lines.find(([name, destination = "", gateway = "", , , , , mask = ""]) => {
    const [to, via, of] = [destination, gateway, mask].map((hex) => Number.parseInt(hex, 16)) as [
      number,
      number,
      number,
    ];
    return name !== "*" && via === 0 && of !== 0 && (wanted & of) >>> 0 === to;
  })?.[0];
}
