// What Prometheus sees of a RUDP endpoint: each open connection's windows and times, and totals since it started. Peers are named by
// their address without the port, which changes with each connection; of two at once with one peer the later is shown.

import { Counter, Gauge, Registry } from "prom-client";
import { addProcessMetrics } from "../../lib/service/process-metrics.ts";
import type { Numbers } from "./channel.ts";
import type { ListenerCounters } from "./engine/messages.ts";
import type { RudpSocket } from "./socket.ts";
import { SEGMENT_BYTES } from "./wire.ts";

/** `opened` here or `accepted` from a peer. */
type Kind = "opened" | "accepted";

export interface RudpMetrics {
  registry: Registry;
  /** Shows a connection as long as it lasts, and counts it for ever. */
  show(socket: RudpSocket, kind: Kind): void;
}

type Read = (numbers: Numbers) => number;

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ["window_segments", "Congestion window (cwnd)", (n) => n.windowSegments],
  [
    "threshold_segments",
    "Slow-start threshold (ssthresh); NaN while it is infinite",
    (n) => n.thresholdSegments ?? Number.NaN,
  ],
  ["peer_window_segments", "What the peer's advertised window still allows", (n) => n.peerWindowSegments],
  ["in_flight_segments", "Segments estimated to be in the network", (n) => n.inFlightSegments],
  ["smoothed_rtt_seconds", "SRTT", (n) => n.smoothedRttMillis / 1000],
  ["rtt_variation_seconds", "RTTVAR", (n) => n.rttVariationMillis / 1000],
  ["rto_seconds", "Retransmission time-out, backoff included", (n) => n.rtoMillis / 1000],
];

const TOTALS: readonly (readonly [name: string, help: string, read: Read])[] = [
  ["segments_sent_total", "Segments sent, of every kind", (n) => n.segmentsSent],
  ["segments_received_total", "Segments received that belonged to a connection", (n) => n.segmentsReceived],
  ["data_segments_sent_total", "Data segments sent, repeats included", (n) => n.dataSegmentsSent],
  [
    "acknowledged_bytes_total",
    "Bytes sent and acknowledged, counted in full segments",
    (n) => n.acknowledgedSegments * SEGMENT_BYTES,
  ],
  ["delivered_bytes_total", "Bytes received and given to the application", (n) => n.dataBytesDelivered],
  ["timeouts_total", "Expiries of the retransmission timer", (n) => n.timeouts],
  ["fast_recoveries_total", "Losses noticed by duplicates", (n) => n.fastRecoveries],
  ["spurious_recoveries_total", "Recoveries undone because nothing was lost", (n) => n.spuriousRecoveries],
  ["duplicate_segments_total", "Data segments that had come before", (n) => n.duplicateSegments],
];

const RESENT: readonly (readonly [cause: string, read: Read])[] = [
  ["fast", (n) => n.resentFast],
  ["timeout", (n) => n.resentTimeout],
  ["rescue", (n) => n.resentRescue],
];

/** A registry with the rttlab_rudp_* metrics and the process's own. `refused` tells what the listening port has refused. */
export function createMetrics(refused: () => Promise<ListenerCounters>): RudpMetrics {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  const open = new Map<RudpSocket, Kind>();
  const sum = (read: Read) => [...open.keys()].reduce((total, socket) => total + read(socket.numbers()), ended(read));
  const endedTotals = new Map<Read, number>();
  const ended = (read: Read) => endedTotals.get(read) ?? 0;

  for (const [name, help, read] of GAUGES) {
    new Gauge({
      ...{ name: `rttlab_rudp_${name}`, help, labelNames: ["peer", "kind"], registers },
      collect() {
        this.reset();
        for (const [socket, kind] of open) this.set({ peer: hostOf(socket), kind }, read(socket.numbers()));
      },
    });
  }
  for (const [name, help, read] of TOTALS) {
    new Counter({
      ...{ name: `rttlab_rudp_${name}`, help, registers },
      collect() {
        this.reset();
        this.inc(sum(read));
      },
    });
  }
  new Counter({
    ...{
      name: "rttlab_rudp_resent_total",
      help: "Data segments sent again, by cause",
      labelNames: ["cause"],
      registers,
    },
    collect() {
      this.reset();
      for (const [cause, read] of RESENT) this.inc({ cause }, sum(read));
    },
  });
  new Counter({
    ...{ name: "rttlab_rudp_refused_datagrams_total", help: "Datagrams that the port refused, by reason" },
    ...{ labelNames: ["reason"], registers },
    async collect() {
      const counters = await refused();
      this.reset();
      for (const [reason, count] of Object.entries(counters)) this.inc({ reason }, count);
    },
  });
  const connections = new Gauge({
    ...{ name: "rttlab_rudp_connections", help: "Connections that are open", labelNames: ["kind"], registers },
  });
  const failures = new Counter({
    ...{ name: "rttlab_rudp_failures_total", help: "Connections that ended other than in order, by code" },
    ...{ labelNames: ["code"], registers },
  });
  for (const kind of ["opened", "accepted"]) connections.set({ kind }, 0);

  const show: RudpMetrics["show"] = (socket, kind) => {
    open.set(socket, kind);
    connections.inc({ kind });
    void socket.over().then((failure) => {
      open.delete(socket);
      connections.dec({ kind });
      if (failure !== null) failures.inc({ code: failure.code });
      const numbers = socket.numbers();
      for (const [, , read] of TOTALS) endedTotals.set(read, ended(read) + read(numbers));
      for (const [, read] of RESENT) endedTotals.set(read, ended(read) + read(numbers));
    });
  };
  return { registry, show };
}

function hostOf({ peer }: RudpSocket): string {
  return peer.slice(0, peer.lastIndexOf(":"));
}
