import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createMetrics } from "./metrics.ts";
import { readUsage } from "./usage.ts";
import { parseWatched } from "./watched.ts";

const ID = "c0ffee".padEnd(64, "0");
const DEVICES = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  777       7    0    0    0     0          0         0      777       7    0    0    0     0       0          0
  eth0: 1000      10    0    0    0     0          0         0      200       2    0    0    0     0       0          0
  eth1:   50       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0
`;
/**
 * eth1 leads to 10.200.0.19 alone, and its network is unreachable otherwise; eth0 to 10.200.1.0/24.
 */
const ROUTES = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
*\t0000C80A\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth1\t1300C80A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
eth0\t0001C80A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t0002C80A\t0201C80A\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;

let folder: string;
const places = () => ({ cgroups: join(folder, "cgroup"), processes: join(folder, "proc"), management: "10.200.0.19" });

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "usage-"));
  await write({
    "proc/11/cgroup": `9:memory:/docker/${ID}\n8:cpu,cpuacct:/docker/${ID}\n1:name=systemd:/docker/${ID}\n0::/\n`,
    "proc/11/net/dev": DEVICES,
    "proc/11/net/route": ROUTES,
    [`cgroup/cpuacct/docker/${ID}/cpuacct.usage`]: "1500000000\n",
    [`cgroup/memory/docker/${ID}/memory.usage_in_bytes`]: "5000\n",
    [`cgroup/memory/docker/${ID}/memory.stat`]: "inactive_file 7\ntotal_inactive_file 1000\n",
    [`cgroup/memory/docker/${ID}/memory.limit_in_bytes`]: "9223372036854771712\n",
    "proc/22/cgroup": `0::/system.slice/docker-${ID}.scope\n`,
    "proc/22/net/dev": DEVICES,
    "proc/22/net/route": "",
    [`cgroup/system.slice/docker-${ID}.scope/cpu.stat`]: "usage_usec 2500000\nuser_usec 1\n",
    [`cgroup/system.slice/docker-${ID}.scope/memory.current`]: "8000\n",
    [`cgroup/system.slice/docker-${ID}.scope/memory.stat`]: "anon 1\ninactive_file 3000\n",
    [`cgroup/system.slice/docker-${ID}.scope/memory.max`]: "65536\n",
    "proc/33/cgroup": "0::/user.slice\n",
  });
});
after(() => rm(folder, { recursive: true }));

describe("what a container takes", () => {
  it("is read from cgroups of version 1, where no limit is a huge one", () => {
    assert.deepEqual(readUsage({ id: ID, pid: 11 }, places()), {
      cpuSeconds: 1.5,
      memoryBytes: 4000,
      memoryLimitBytes: null,
      receivedBytes: 1050,
      sentBytes: 205,
      receivedPackets: 10,
      sentPackets: 2,
    });
  });

  it("is read from the one cgroup of version 2", () => {
    assert.deepEqual(readUsage({ id: ID, pid: 22 }, places()), {
      cpuSeconds: 2.5,
      memoryBytes: 5000,
      memoryLimitBytes: 65_536,
      receivedBytes: 1050,
      sentBytes: 205,
      receivedPackets: 11,
      sentPackets: 3,
    });
  });

  it("is nothing when the container has ended, or its number is another process's by now", () => {
    assert.equal(readUsage({ id: ID, pid: 44 }, places()), null);
    assert.equal(readUsage({ id: ID, pid: 33 }, places()), null);
  });

  it("is told under the container's own name, of those that are there", async () => {
    const list = [11, 22, 44].map((pid) => ({ host: `host-${pid}`, role: "server", id: ID, pid }));
    const source = createMetrics(
      () => list,
      (container) => readUsage(container, places()),
    );
    for (const text of [await source.metrics(), await source.metrics()]) {
      assert.match(text, /^rttlab_container_cpu_seconds_total\{host="host-11",role="server"\} 1.5$/m);
      assert.match(text, /^rttlab_container_memory_limit_bytes\{host="host-22",role="server"\} 65536$/m);
      assert.doesNotMatch(text, /host-44|limit_bytes\{host="host-11"/);
    }
  });
});

describe("a list of containers to watch", () => {
  it("is taken whole, or refused with every problem", () => {
    const good = { host: "a", role: "server", id: ID, pid: 1 };
    assert.deepEqual(parseWatched([good]), [good]);
    assert.throws(
      () => parseWatched([{ ...good, id: "../..", pid: -1 }, null]),
      ({ problems }: { problems: unknown[] }) => problems.length === 6,
    );
  });
});
