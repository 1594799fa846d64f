// Metrics of a link. The kernel's counters are read once per scrape and never otherwise. The
// process's own metrics are left out, because a link must stay small.

import { Counter, Gauge, Registry } from "prom-client";
import type { LinkCounters } from "../../lib/contract/link.ts";
import type { MetricsSource } from "../../lib/contract/serving/metrics.ts";
import { DIRECTIONS, type LinkSettings, rttMillis } from "../../lib/link/link.ts";
import { lossFacts } from "../../lib/link/loss-chain.ts";
import { declaredPackets } from "../../lib/link/transmission.ts";

export interface MetricsOptions {
  link: string;
  backend: string;
  /** The settings in force. */
  settings(): LinkSettings;
  /** When they were applied. */
  changedAtMillis(): number;
  counters(): Promise<LinkCounters>;
}

/** The rttlab_link_* metrics. */
export function createMetrics({ link, backend, settings, changedAtMillis, counters }: MetricsOptions): MetricsSource {
  const registry = new Registry();
  const shared = { labelNames: ["link", "direction"], registers: [registry] };
  const gauge = (name: string, help: string) => new Gauge({ name: `rttlab_link_${name}`, help, ...shared });
  const total = (name: string, help: string) => new Counter({ name: `rttlab_link_${name}_total`, help, ...shared });

  const info = new Gauge({
    name: "rttlab_link_info",
    help: "1, with the backend that makes the link",
    labelNames: ["link", "backend"],
    registers: [registry],
  });

  const delay = gauge("configured_delay_seconds", "One-way propagation delay");
  const loss = gauge("configured_loss_ratio", "Mean of the random loss");
  // Bytes are the base unit of Prometheus, and promtool refuses bits.
  const rate = gauge("configured_rate_bytes_per_second", "Transmission rate; absent when not limited");
  const queue = gauge("configured_queue_packets", "Packets that the declared queue holds; absent when not limited");
  const onTheWay = gauge("propagating_packets", "Packets in the propagation stage");
  const backlog = gauge("queue_packets", "Packets in the queue");
  const backlogBytes = gauge("queue_bytes", "Bytes in the queue");
  const receivedPackets = total("received_packets", "Frames that came in");
  const receivedBytes = total("received_bytes", "Bytes that came in");
  const sentPackets = total("sent_packets", "Frames that went out");
  const sentBytes = total("sent_bytes", "Bytes that went out");
  const lost = total("lost_packets", "Packets lost by the configured loss");
  const dropped = total("dropped_packets", "Packets that the queue dropped: it was full, or is an AQM");
  const marked = total("marked_packets", "Packets that the queue marked in place of a drop (ECN)");
  const missed = total("missed_packets", "Frames that found no room on the way into the guest");

  const changed = new Gauge({
    name: "rttlab_link_settings_timestamp_seconds",
    help: "When the settings were applied",
    labelNames: ["link"],
    registers: [registry],
  });

  let last: { held: LinkSettings; read: LinkCounters; text: Promise<string> } | null = null;
  const metrics = async () => {
    const [held, read] = [settings(), await counters()];
    // the same reading, see moved.ts
    if (last?.held === held && last.read === read) return last.text;
    registry.resetMetrics();
    info.set({ link, backend }, 1);
    changed.set({ link }, changedAtMillis() / 1000);
    for (const direction of DIRECTIONS) {
      const labels = { link, direction };
      const { delayMillis, rateBitsPerSecond } = held[direction];
      delay.set(labels, delayMillis / 1000);
      loss.set(labels, lossFacts(held[direction]).meanRatio);
      if (rateBitsPerSecond !== null) {
        rate.set(labels, rateBitsPerSecond / 8);
        queue.set(labels, declaredPackets(held[direction], rttMillis(held)) ?? 0);
      }
      const now = read[direction];
      onTheWay.set(labels, now.propagating.packets);
      backlog.set(labels, now.queued.packets);
      backlogBytes.set(labels, now.queued.bytes);
      receivedPackets.inc(labels, now.received.packets);
      receivedBytes.inc(labels, now.received.bytes);
      sentPackets.inc(labels, now.sent.packets);
      sentBytes.inc(labels, now.sent.bytes);
      lost.inc(labels, now.lost);
      dropped.inc(labels, now.dropped);
      marked.inc(labels, now.marked);
      missed.inc(labels, now.missed);
    }
    last = { held, read, text: registry.metrics() };
    return last.text;
  };
  return { contentType: registry.contentType, metrics };
}
