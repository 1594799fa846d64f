// Metrics of a RUDP endpoint: windows and times of each open connection, and totals since the
// start. The label `peer` is an address without the port, because the port changes with each
// connection. The label `slot` distinguishes connections of one kind with one peer: a connection
// takes the lowest free slot when it begins. Successive transfers thus share one series, and there
// are at most SLOTS of them.

import { Counter, Gauge, Registry } from "prom-client";
import { addProcessMetrics } from "../../../lib/contract/serving/process-metrics.ts";
import type { ConnectionNumbers } from "../../../lib/contract/transfer.ts";
import { SEGMENT_BYTES } from "../protocol/wire.ts";
import { CHANNEL_FAILURES } from "../thread/channel.ts";
import type { ListenerCounters } from "../thread/engine/messages.ts";
import type { RudpSocket } from "../thread/socket.ts";

/** `opened` by this endpoint, or `accepted` from a peer. */
type Kind = "opened" | "accepted";

export interface RudpMetrics {
  registry: Registry;
  /**
   * Shows a connection while it lasts and adds it to the totals. Resolves when it is over, its
   * series are removed, and its reader has been given everything, so that the totals change no
   * more.
   */
  show(socket: RudpSocket, kind: Kind): Promise<void>;
}

/** How many connections of one kind with one peer have series. Others wait for a free slot. */
export const SLOTS = 8;

type Read = (numbers: ConnectionNumbers) => number;

interface Shown {
  peer: string;
  kind: Kind;
  /** From 1; null while no slot is free. */
  slot: number | null;
}

const GAUGES: readonly (readonly [name: string, help: string, read: Read])[] = [
  ["window_segments", "Congestion window (cwnd)", (n) => n.windowSegments],
  [
    "threshold_segments",
    "Slow-start threshold (ssthresh); NaN while it is infinite",
    (n) => n.thresholdSegments ?? Number.NaN,
  ],
  ["peer_window_segments", "Segments that the peer's advertised window still allows", (n) => n.peerWindowSegments],
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
  ["fast_recoveries_total", "Losses detected by duplicates", (n) => n.fastRecoveries],
  ["spurious_recoveries_total", "Recoveries undone because nothing was lost", (n) => n.spuriousRecoveries],
  ["duplicate_segments_total", "Data segments that had come before", (n) => n.duplicateSegments],
];

/** state.ts explains each. */
const RESENT: readonly (readonly [cause: string, read: Read])[] = [
  ["fast_retransmit", (n) => n.resentFast],
  ["recovery", (n) => n.resentRecovery],
  ["timeout", (n) => n.resentTimeout],
  ["lost_copy", (n) => n.resentCopy],
  ["rescue", (n) => n.resentRescue],
];

/**
 * A registry with the rttlab_rudp_* metrics and those of the process. `refused` counts what the
 * listening port refused.
 */
export function createMetrics(refused: () => Promise<ListenerCounters>): RudpMetrics {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  const open = new Map<RudpSocket, Shown>();
  /** Those that are open, and those over whose slow readers have not been given everything. */
  const counting = new Set<RudpSocket>();
  const sum = (read: Read) => [...counting].reduce((total, socket) => total + read(socket.numbers()), ended(read));
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
    counting.add(socket);
    open.set(socket, { peer: hostOf(socket), kind, slot: null });
    fillSlots(open);
    connections.inc({ kind });
    const failure = await socket.over();
    open.delete(socket);
    fillSlots(open);
    connections.dec({ kind });
    if (failure !== null) failures.inc({ code: failure.code });
    await socket.inputOver();
    counting.delete(socket);
    const numbers = socket.numbers();
    for (const [, , read] of TOTALS) endedTotals.set(read, ended(read) + read(numbers));
    for (const [, read] of RESENT) endedTotals.set(read, ended(read) + read(numbers));
  };
  return { registry, show };
}

/** Gives free slots to connections without one, the oldest first. */
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
