// Metrics of every container, whether it has its own or not, read at a scrape. The label `host` is
// the container's and not this service's; prometheus.yml honours it.

import { Counter, Gauge, Registry } from "prom-client";
import type { MetricsSource } from "../../lib/contract/serving/metrics.ts";
import type { StudyProgress } from "../../lib/contract/study-progress.ts";
import type { ContainerUsage, Watched } from "../../lib/contract/usage.ts";
import { studyMetrics } from "./study.ts";

/** The metrics of containers that exist at a scrape, and of the running study. */
export function createMetrics(
  watched: () => readonly Watched[],
  read: (container: Watched) => ContainerUsage | null,
  study: () => StudyProgress | null = () => null,
): MetricsSource & { registry: Registry } {
  const registry = new Registry();
  const shared = { labelNames: ["host", "role"], registers: [registry] };
  const gauge = (name: string, help: string) => new Gauge({ name: `rttlab_container_${name}`, help, ...shared });
  const total = (name: string, help: string) =>
    new Counter({ name: `rttlab_container_${name}_total`, help, ...shared });

  const cpu = total("cpu_seconds", "Processor time taken by all processes of the container");
  const memory = gauge("memory_bytes", "Memory held, without page cache that can be given back");
  const limit = gauge("memory_limit_bytes", "Memory that the container may hold; absent when not limited");
  const received = total("network_received_bytes", "Bytes received on all interfaces but the loopback");
  const sent = total("network_sent_bytes", "Bytes sent on all interfaces but the loopback");

  const fillStudy = studyMetrics([registry]);
  const fill = () => {
    registry.resetMetrics();
    fillStudy(study());
    for (const container of watched()) {
      const usage = read(container);
      if (usage === null) continue;
      const labels = { host: container.host, role: container.role };
      cpu.inc(labels, usage.cpuSeconds);
      memory.set(labels, usage.memoryBytes);
      if (usage.memoryLimitBytes !== null) limit.set(labels, usage.memoryLimitBytes);
      received.inc(labels, usage.receivedBytes);
      sent.inc(labels, usage.sentBytes);
    }
  };
  const metrics = () => {
    fill();
    return registry.metrics();
  };
  return { registry, contentType: registry.contentType, metrics };
}
