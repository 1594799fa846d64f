// RUDP: the congestion control of each open connection, its throughput, and what is sent again and
// why, beside the links' queues.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { frame } from "./frame.ts";
import { linkLosses, linkQueue } from "./links.ts";
import { lines, numbers, rows } from "./panels.ts";

const AT = 'scenario="$scenario", host=~"$host"';
const rate = (metric: string) => `rate(rttlab_rudp_${metric}{${AT}}[$__rate_interval])`;
/** A connection may end between two scrapes, so its last values stay in sight for a few seconds. */
const lately = (metric: string) => `last_over_time(rttlab_rudp_${metric}{${AT}}[$__rate_interval])`;
const CONNECTION = "{{host}} {{kind}} {{peer}} #{{slot}}";
const LATELY =
  "Each connection that is open, or was a few seconds ago: its host, whether that opened or accepted it, its peer, and its slot.";
const ofConnection = (metric: string) => `max by (host, kind, peer, slot) (${lately(metric)})`;

export function rudp(): dashboard.Dashboard {
  return frame({
    name: "rudp",
    title: "RUDP",
    description: "Congestion control, goodput, and what is sent again and why, beside the links' queues.",
    hostsOf: "rttlab_rudp_connections",
  })
    .withRow(new dashboard.RowBuilder("Now"))
    .withPanel(
      numbers(
        {
          title: "Goodput",
          description:
            "Bits per second that applications received, without repeats and headers, over the last few seconds.",
          unit: "bps",
          width: 6,
        },
        [[`8 * ${rate("delivered_bytes_total")}`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Sent again",
          description:
            "Share of sent data segments that had been sent before. It should be near the links' loss; well above that, the queue overflows or the time-out is too short.",
          unit: "percentunit",
          width: 6,
        },
        [[`sum by (host) (${rate("resent_total")}) / sum by (host) (${rate("data_segments_sent_total")})`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers(
        {
          title: "Longest round trip",
          description:
            "The largest SRTT of a connection that is open or was a few seconds ago: propagation plus queue.",
          unit: "s",
          width: 6,
        },
        [[`max by (host) (${lately("smoothed_rtt_seconds")})`, "{{host}}"]],
      ),
    )
    .withPanel(
      numbers(
        { title: "Open connections", description: "Connections open now, by who opened them.", unit: "none", width: 6 },
        [[`rttlab_rudp_connections{${AT}}`, "{{host}} {{kind}}"]],
      ),
    )
    .withRow(new dashboard.RowBuilder("Congestion control"))
    .withPanel(
      lines(
        {
          title: "Congestion window and threshold",
          description: `cwnd, in segments of 1000 bytes; dashed: ssthresh, absent while it is infinite. Below it the window doubles each round trip, above it the window grows by one; a loss brings both down, a time-out the window to one. ${LATELY}`,
          unit: "none",
          width: 12,
        },
        [
          [lately("window_segments"), `${CONNECTION} cwnd`],
          [lately("threshold_segments"), `${CONNECTION} ssthresh`],
        ],
        { dashed: "ssthresh$" },
      ),
    )
    .withPanel(
      lines(
        {
          title: "In flight",
          description: `Segments estimated to be in the network; dashed: cwnd, up to which segments are sent; one that a loss has halved may lie below them for a round trip. At the dashed line the network is the limit, below it the application or the peer's window. ${LATELY}`,
          unit: "none",
          width: 12,
        },
        [
          [lately("in_flight_segments"), CONNECTION],
          [lately("window_segments"), `${CONNECTION} cwnd`],
        ],
        { dashed: "cwnd$" },
      ),
    )
    .withPanel(
      lines(
        {
          title: "Round trip and time-out",
          description: `SRTT, the smoothed round trip; RTTVAR, its mean deviation; dashed: RTO, the time-out, four deviations above SRTT and never below its minimum. SRTT climbs as the queue fills; RTO doubles with each expiry. ${LATELY}`,
          unit: "s",
          width: 12,
        },
        [
          [lately("smoothed_rtt_seconds"), `${CONNECTION} SRTT`],
          [lately("rtt_variation_seconds"), `${CONNECTION} RTTVAR`],
          [lately("rto_seconds"), `${CONNECTION} RTO`],
        ],
        { dashed: "RTO$" },
      ),
    )
    .withPanel(
      lines(
        {
          title: "Room at the peer",
          description: `Segments that the peer's advertised window still allows. At 0 its application reads too slowly, and the sender waits for it rather than for the network. ${LATELY}`,
          unit: "none",
          width: 12,
        },
        [[lately("peer_window_segments"), CONNECTION]],
      ),
    )
    .withPanel(
      rows(
        {
          title: "Connections",
          description: `The latest numbers of each connection. ssthresh is empty while it is infinite. ${LATELY}`,
          width: 24,
        },
        { host: "Host", kind: "Kind", peer: "Peer", slot: "Slot" },
        [
          { expression: ofConnection("window_segments"), head: "cwnd", unit: "none" },
          { expression: ofConnection("threshold_segments"), head: "ssthresh", unit: "none" },
          { expression: ofConnection("in_flight_segments"), head: "In flight", unit: "none" },
          { expression: ofConnection("smoothed_rtt_seconds"), head: "SRTT", unit: "s" },
          { expression: ofConnection("rtt_variation_seconds"), head: "RTTVAR", unit: "s" },
          { expression: ofConnection("rto_seconds"), head: "RTO", unit: "s" },
          {
            expression: `sum by (host, kind, peer, slot) (${lately("resent_segments")})`,
            head: "Sent again",
            unit: "none",
          },
        ],
      ),
    )
    .withRow(new dashboard.RowBuilder("Throughput and losses"))
    .withPanel(
      lines(
        {
          title: "Goodput over time",
          description:
            "Bits per second that applications received, and that were acknowledged to their senders, without repeats and headers.",
          unit: "bps",
          width: 12,
        },
        [
          [`8 * ${rate("delivered_bytes_total")}`, "{{host}} received"],
          [`8 * ${rate("acknowledged_bytes_total")}`, "{{host}} acknowledged"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Sent again by cause",
          description:
            "Data segments per second. fast_retransmit: the loss that began a recovery. recovery: further holes, by SACK or a partial acknowledgement. timeout: the timer expired. lost_copy: the copy was lost too. rescue: before being judged lost, so that the tail need not wait for the timer.",
          unit: "pps",
          width: 12,
        },
        [[rate("resent_total"), "{{host}} {{cause}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Losses detected",
          description:
            "Events per second that reduced a window. Fast: duplicates showed a loss. Time-outs: nothing arrived for an RTO. Undone: nothing had been lost after all, so the window was restored.",
          unit: "cps",
          width: 12,
        },
        [
          [rate("fast_recoveries_total"), "{{host}} fast"],
          [rate("timeouts_total"), "{{host}} time-outs"],
          [rate("spurious_recoveries_total"), "{{host}} undone"],
        ],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Datagrams dropped by reason",
          description:
            "Datagrams per second that a port refused. foreign: not RUDP. damaged: wrong checksum. malformed: it contradicts itself. unknown: of no connection here. badCookie: a set-up without proof. full: too many connections. Duplicates are data that had arrived before.",
          unit: "pps",
          width: 12,
        },
        [
          [rate("refused_datagrams_total"), "{{host}} {{reason}}"],
          [rate("duplicate_segments_total"), "{{host}} duplicates"],
        ],
      ),
    )
    .withRow(new dashboard.RowBuilder("The links meanwhile"))
    .withPanel(linkQueue('scenario="$scenario"'))
    .withPanel(linkLosses('scenario="$scenario"'))
    .withRow(new dashboard.RowBuilder("The endpoints"))
    .withPanel(
      lines(
        {
          title: "Connections over time",
          description: "Connections open at the moment of the scrape, by who opened them.",
          unit: "none",
          width: 8,
        },
        [[`rttlab_rudp_connections{${AT}}`, "{{host}} {{kind}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "Connections that failed",
          description:
            "Connections per second that failed, by code of docs/errors.md. RESET: aborted by the peer. ABORTED: aborted here. PEER_DEAD: silence.",
          unit: "cps",
          width: 8,
        },
        [[rate("failures_total"), "{{host}} {{code}}"]],
      ),
    )
    .withPanel(
      lines(
        {
          title: "CPU",
          description:
            "Processor time of each endpoint with all its threads, one of which runs the protocol. Near 100 % an endpoint measures itself, not the path.",
          unit: "percentunit",
          width: 8,
        },
        [[`rate(process_cpu_seconds_total{${AT}, role="rudp"}[$__rate_interval])`, "{{host}}"]],
      ),
    )
    .build();
}
