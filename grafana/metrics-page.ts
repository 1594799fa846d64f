// docs/metrics.md, made from what the services export: names, types, labels and help are theirs.

import type { MetricsSource } from "../lib/contract/serving/metrics.ts";
import { UNIMPAIRED } from "../lib/link/direction.ts";
import { wrapped } from "../lib/wrap.ts";
import { createMetrics as linkMetrics } from "../services/link/metrics.ts";
import { createMetrics as loadMetrics } from "../services/loadgen/metrics.ts";
import { createMetrics as rudpMetrics } from "../services/rudp/program/metrics.ts";
import type { RudpSocket } from "../services/rudp/thread/socket.ts";
import {
  countOperation,
  countRequest,
  createCounters,
  OPERATIONS,
  SIZE_CLASSES,
  sizeClass,
} from "../services/server/accounting/counters.ts";
import { createMetrics as serverMetrics } from "../services/server/accounting/metrics.ts";
import { createMetrics as usageMetrics } from "../services/usage/metrics.ts";

/** The text of the page. */
export async function metricsPage(): Promise<string> {
  const tables = await Promise.all(
    sources().map(async ({ service, about, source }) => {
      const rows = parseMetrics(await source.metrics()).filter(({ name }) => name.startsWith("rttlab_"));
      const lines = rows.map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels} | ${help} |`);
      return [
        `## ${service}`,
        "",
        ...wrapped(about, 100),
        "",
        "| metric | type | labels | what |",
        "|---|---|---|---|",
        ...lines,
      ].join("\n");
    }),
  );
  return `${[HEAD, ...tables].join("\n\n")}\n`;
}

interface Metric {
  name: string;
  type: string;
  /** In code marks, with commas; `le` of histograms is left out. */
  labels: string;
  help: string;
}

/** The metrics of an exposition in Prometheus' text format. */
export function parseMetrics(text: string): Metric[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)\n((?:[^#\n].*\n?)*)/gm)].map(
    ([, name = "", help = "", type = "", samples = ""]) => {
      const labels = new Set([...samples.matchAll(/[{,](\w+)="/g)].map(([, label]) => label as string));
      labels.delete("le");
      return { name, type, help, labels: [...labels].map((label) => `\`${label}\``).join(", ") };
    },
  );
}

/** Every service with something to export, so that each metric has its labels. */
export function sources(): { service: string; about: string; source: MetricsSource }[] {
  const server = createCounters();
  for (const size of SIZE_CLASSES.keys()) countRequest(server, "GET", 200, size, 1);
  countOperation(server, OPERATIONS[0], sizeClass(10_240), 1);
  const direction = { ...UNIMPAIRED, rateBitsPerSecond: 50e6 };
  const amount = { packets: 0, bytes: 0 };
  const counters = {
    received: amount,
    sent: amount,
    propagating: amount,
    queued: amount,
    lost: 0,
    dropped: 0,
    missed: 0,
    marked: 0,
  };
  return [
    {
      service: "Links",
      about: "From each link's agent, per direction; forward is from the first network of `between` to the second.",
      source: linkMetrics({
        link: "wan-a",
        backend: "uml",
        settings: () => ({ forward: direction, backward: direction, seed: null }),
        changedAtMillis: () => 0,
        counters: async () => ({ forward: counters, backward: counters }),
      }),
    },
    {
      service: "Containers",
      about:
        "From `usage`, for every container of the testbed, whether it has metrics of its own or not. [How](decisions/0005-container-usage.md). Those of a study are there while one runs: of the 200 cells measured last.",
      source: usageMetrics(
        () => [{ host: "server", role: "server", id: "", pid: 1 }],
        () => ({
          cpuSeconds: 0,
          memoryBytes: 0,
          memoryLimitBytes: 0,
          receivedBytes: 0,
          sentBytes: 0,
          receivedPackets: 0,
          sentPackets: 0,
        }),
        () => ({
          study: "slow-start",
          startedAt: "",
          cell: "rtt=50",
          repetition: 1,
          quantity: "requestSeconds",
          unit: "s",
          runs: { done: 1, voids: 0, leftAtLeast: 0, leftAtMost: 0 },
          secondsLeftAtMost: 0,
          cells: [{ cell: "rtt=50", runs: 1, voids: 0, mean: 1, halfWidthRatio: 1 }],
        }),
      ),
    },
    {
      service: "Server",
      about:
        "Durations are from a request's last octet to the write of its answer: the server's part, no network in it.",
      source: serverMetrics("event", "epoll", [server], { queued: () => 0, idleMillis: () => 0 }),
    },
    {
      service: "Load generators",
      about: "Everything since the service started, warm-ups and the background load included.",
      source: loadMetrics().registry,
    },
    {
      service: "RUDP endpoints",
      about:
        "Windows and times of each open connection, and totals since the service started. `peer` is the host that was connected to, or the address that it came from, without the port, which changes with each connection; `slot` is 1 to 8, the lowest that was free when the connection began. Those of a connection end with it.",
      source: rudpSource(),
    },
  ];
}

/** An endpoint with one connection open. */
function rudpSource(): MetricsSource {
  const { registry, show } = rudpMetrics(async () => ({ malformed: 0 }) as never);
  const numbers = new Proxy({}, { get: () => 0 });
  const socket = { peer: "10.0.0.1:1", numbers: () => numbers, over: () => new Promise(() => {}) };
  void show(socket as unknown as RudpSocket, "opened");
  return registry;
}

const HEAD = `# Metrics

<!-- Made by \`npm run generate\` from the services' own metrics; a test keeps it in step. -->

Prometheus asks every service once a second over the management network (\`prometheus.yml\`), and
keeps a day. \`topology up\` prints its address. Every series has the labels \`scenario\`, \`host\` (of
the host, link or watcher), \`role\` (\`server\`, \`loadgen\`, \`rudp\`, \`link\`, \`usage\`; of containers also
\`prometheus\` and \`grafana\`), \`instance\` and \`job\` beside those below. Servers, load generators and
RUDP endpoints export their process too: \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`process_start_time_seconds\` and
\`nodejs_eventloop_active_seconds_total\`, whose rate is the share of time that the main thread's
event loop was busy.

**How many series.** Labels take values from fixed lists, and from the names and addresses of the
scenario and the cells of its study: no path or port is ever a label. A link has at most 35 series,
a container 5, a study that runs 6 and 4 for each of at most 200 cells, a load generator at most 190
(20 for each of 8 phases of a request), a RUDP endpoint 45 and 12 for each open connection, of which
with one peer 16 are shown (\`slot\`: 8 of each kind), a server 280, and 28 more for each operation
and class of content length that it has met (9 × 6 at the most); five more for each target come from
Prometheus itself. So \`wan-100ms\` has fewer than 3,000. A test counts them.`;
