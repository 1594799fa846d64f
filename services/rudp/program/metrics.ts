// What Prometheus sees of a RUDP endpoint: each open connection's windows and times, and totals since it started. Peers are named by
// their address without the port, which changes with each connection; a connection by its peer, its kind, and a slot among those: the
// lowest that is free when it begins. So one transfer after another makes one series, several at once as many, and SLOTS at most.

import { Counter, Gauge, Registry } from "prom-client";
import { addProcessMetrics } from "../../../lib/contract/serving/process-metrics.ts";
import type { ConnectionNumbers } from "../../../lib/contract/transfer.ts";
import { SEGMENT_BYTES } from "../protocol/wire.ts";
import { CHANNEL_FAILURES } from "../thread/channel.ts";
import type { ListenerCounters } from "../thread/engine/messages.ts";
import type { RudpSocket } from "../thread/socket.ts";

/** `opened` here or `accepted` from a peer. */
type Kind = "opened" | "accepted";

export interface RudpMetrics {
  registry: Registry;
  /** Shows a connection as long as it lasts, and counts it for ever; resolves when it is over and shown no more. */
  show(socket: RudpSocket, kind: Kind): Promise<void>;
}

/** How many connections of a kind with one peer are shown at once; one more waits for a slot to become free. */
export const SLOTS = 8;

type Read = (numbers: ConnectionNumbers) => number;

interface Shown {
  peer: string;
  kind: Kind;
  /** From 1; null while there is none free. */
  slot: number | null;
}

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

/** As state.ts explains them. */
const RESENT: readonly (readonly [cause: string, read: Read])[] = [
  ["fast_retransmit", (n) => n.resentFast],
  ["recovery", (n) => n.resentRecovery],
  ["timeout", (n) => n.resentTimeout],
  ["lost_copy", (n) => n.resentCopy],
  ["rescue", (n) => n.resentRescue],
];

/** A registry with the rttlab_rudp_* metrics and the process's own. `refused` tells what the listening port has refused. */
export function createMetrics(refused: () => Promise<ListenerCounters>): RudpMetrics {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  const open = new Map<RudpSocket, Shown>();
  const sum = (read: Read) => [...open.keys()].reduce((total, socket) => total + read(socket.numbers()), ended(read));
  const endedTotals = new Map<Read, number>();
  const ended = (read: Read) => endedTotals.get(read) ?? 0;

  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name: `rttlab_rudp_${name}`,
      help,
      labelNames: ["peer", "kind", "slot"],
      registers,
      collect() {
        this.reset();
        for (const [socket, { slot, ...labels }] of open) {
          if (slot !== null) this.set({ ...labels, slot }, read(socket.numbers()));
        }
      },
    });
  }
  new Gauge({
    name: "rttlab_rudp_resent_segments",
    help: "Data segments that the connection has sent again, by cause",
    labelNames: ["peer", "kind", "slot", "cause"],
    registers,
    collect() {
      this.reset();
      for (const [socket, { slot, ...labels }] of open) {
        if (slot === null) continue;
        for (const [cause, read] of RESENT) this.set({ ...labels, slot, cause }, read(socket.numbers()));
      }
    },
  });
  for (const [name, help, read] of TOTALS) {
    new Counter({
      name: `rttlab_rudp_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(sum(read));
      },
    });
  }
  new Counter({
    name: "rttlab_rudp_resent_total",
    help: "Data segments sent again, by cause",
    labelNames: ["cause"],
    registers,
    collect() {
      this.reset();
      for (const [cause, read] of RESENT) this.inc({ cause }, sum(read));
    },
  });
  new Counter({
    name: "rttlab_rudp_refused_datagrams_total",
    help: "Datagrams that the port refused, by reason",
    labelNames: ["reason"],
    registers,
    async collect() {
      const counters = await refused();
      this.reset();
      for (const [reason, count] of Object.entries(counters)) this.inc({ reason }, count);
    },
  });
  const connections = new Gauge({
    name: "rttlab_rudp_connections",
    help: "Connections that are open",
    labelNames: ["kind"],
    registers,
  });
  const failures = new Counter({
    name: "rttlab_rudp_failures_total",
    help: "Connections that ended other than in order, by code",
    labelNames: ["code"],
    registers,
  });
  for (const kind of ["opened", "accepted"]) connections.set({ kind }, 0);
  for (const code of CHANNEL_FAILURES) failures.inc({ code }, 0);

  const show: RudpMetrics["show"] = async (socket, kind) => {
    open.set(socket, { peer: hostOf(socket), kind, slot: null });
    fillSlots(open);
    connections.inc({ kind });
    const failure = await socket.over();
    open.delete(socket);
    fillSlots(open);
    connections.dec({ kind });
    if (failure !== null) failures.inc({ code: failure.code });
    const numbers = socket.numbers();
    for (const [, , read] of TOTALS) endedTotals.set(read, ended(read) + read(numbers));
    for (const [, read] of RESENT) endedTotals.set(read, ended(read) + read(numbers));
  };
  return { registry, show };
}

/** Gives the free slots to those that have none, the oldest first. */
function fillSlots(open: ReadonlyMap<RudpSocket, Shown>): void {
  const all = [...open.values()];
  for (const shown of all.filter(({ slot }) => slot === null)) {
    const taken = all.filter(({ peer, kind }) => peer === shown.peer && kind === shown.kind).map(({ slot }) => slot);
    const free = Array.from({ length: SLOTS }, (_, index) => index + 1).find((slot) => !taken.includes(slot));
    shown.slot = free ?? null;
  }
}

function hostOf({ peer }: RudpSocket): string {
  return peer.slice(0, peer.lastIndexOf(":"));
}
