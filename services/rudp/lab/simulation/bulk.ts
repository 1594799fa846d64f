// Long transfers in virtual time, for comparison with theory: flows that always have data to send,
// and their measurements.

import {
  type Connection,
  type ConnectionOptions,
  readableBytes,
  readInto,
  write,
} from "../../protocol/connection/connection.ts";
import { connect } from "../../protocol/port/port.ts";
import { rtoMillis } from "../../protocol/rtt.ts";
import { advance, attach, createNetwork, type Network } from "./network.ts";
import type { PathSettings } from "./path.ts";

export interface BulkPlan {
  seed: number;
  forward: PathSettings;
  backward: PathSettings;
  options: Partial<ConnectionOptions>;
  /** One entry per flow: its start, and the extra delay of its segments. */
  flows: readonly { startMillis: number; detourMillis: number }[];
  /** Nothing is measured before this time. */
  warmUpMillis: number;
  untilMillis: number;
}

export interface FlowResult {
  segmentsSent: number;
  bytesDelivered: number;
  seconds: number;
  /** Loss events: fast recoveries, and the first time-out of each series. */
  lossEvents: number;
  timeouts: number;
  meanRttSeconds: number;
  /** Mean of the time-outs that began a series; 0 if there were none. */
  meanTimeoutSeconds: number;
  /** Start of each fast recovery, with the window just before it. */
  recoveries: { atMillis: number; windowSegments: number }[];
}

interface Flow {
  sender: Connection;
  receiver: Connection | null;
  recoveries: FlowResult["recoveries"];
  rttSum: number;
  rttSamples: number;
  firstTimeouts: number[];
  begin: { sent: number; delivered: number; recoveries: number; timeouts: number; firstTimeouts: number } | null;
  last: { fastRecoveries: number; timeouts: number; windowSegments: number; rtoMillis: number };
}

const zeros = new Uint8Array(64_000);
const sink = new Uint8Array(64_000);

/** Runs the flows and measures each after the warm-up. */
export function runBulk(plan: BulkPlan): FlowResult[] {
  const port = { maximumConnections: plan.flows.length, connection: plan.options };
  const network = createNetwork(
    plan.seed,
    [plan.forward, plan.backward],
    [
      { ...port, accepts: false },
      { ...port, accepts: true },
    ],
  );
  const flows: Flow[] = [];
  network.accept = (side, connection) => {
    const flow = flows.find(({ sender }) => sender.localId === connection.remoteId);
    if (flow === undefined) return;
    flow.receiver = connection;
    attach(network, side, connection, () => {
      while (readableBytes(connection) > 0) readInto(connection, sink);
      return Number.POSITIVE_INFINITY;
    });
  };
  network.detourMillis = (connection) => {
    const index = flows.findIndex(({ sender }) => sender === connection);
    return index < 0 ? 0 : (plan.flows[index] as BulkPlan["flows"][number]).detourMillis;
  };
  for (const { startMillis } of plan.flows) {
    while (advance(network, startMillis));
    network.nowMillis = startMillis;
    flows.push(startFlow(network));
  }
  while (advance(network, plan.untilMillis)) {
    for (const flow of flows) watch(flow, network.nowMillis, plan.warmUpMillis);
  }
  return flows.map((flow) => summarize(flow, (plan.untilMillis - plan.warmUpMillis) / 1000));
}

function startFlow(network: Network): Flow {
  const sender = connect(network.nodes[0].port, network.nodes[1].address, network.nowMillis);
  attach(network, 0, sender, () => {
    while (write(sender, zeros) > 0);
    return Number.POSITIVE_INFINITY;
  });
  return {
    sender,
    receiver: null,
    recoveries: [],
    rttSum: 0,
    rttSamples: 0,
    firstTimeouts: [],
    begin: null,
    last: { fastRecoveries: 0, timeouts: 0, windowSegments: 0, rtoMillis: 0 },
  };
}

/** Records what the last event changed in a flow. */
function watch(flow: Flow, nowMillis: number, warmUpMillis: number): void {
  const { sender, last } = flow;
  const { counters, rtt, congestion, recovery } = sender;
  if (counters.fastRecoveries > last.fastRecoveries) {
    flow.recoveries.push({ atMillis: nowMillis, windowSegments: last.windowSegments });
  }
  if (counters.timeouts > last.timeouts && recovery.timeouts === 1) flow.firstTimeouts.push(last.rtoMillis);
  last.fastRecoveries = counters.fastRecoveries;
  last.timeouts = counters.timeouts;
  last.windowSegments = congestion.windowSegments;
  if (rtt.backoffs === 0) last.rtoMillis = rtoMillis(rtt);
  if (nowMillis < warmUpMillis) return;
  flow.rttSum += rtt.latestMillis;
  flow.rttSamples++;
  flow.begin ??= {
    sent: counters.dataSegmentsSent,
    delivered: flow.receiver?.counters.dataBytesDelivered ?? 0,
    recoveries: flow.recoveries.length,
    timeouts: counters.timeouts,
    firstTimeouts: flow.firstTimeouts.length,
  };
}

function summarize({ sender, receiver, begin, ...flow }: Flow, seconds: number): FlowResult {
  if (begin === null || receiver === null) throw new Error("a bulk flow did not come up before the measurement");
  const recoveries = flow.recoveries.slice(begin.recoveries);
  const firstTimeouts = flow.firstTimeouts.slice(begin.firstTimeouts);
  const meanTimeout = firstTimeouts.reduce((sum, millis) => sum + millis, 0) / Math.max(1, firstTimeouts.length);
  return {
    seconds,
    recoveries,
    lossEvents: recoveries.length + firstTimeouts.length,
    segmentsSent: sender.counters.dataSegmentsSent - begin.sent,
    bytesDelivered: receiver.counters.dataBytesDelivered - begin.delivered,
    timeouts: sender.counters.timeouts - begin.timeouts,
    meanRttSeconds: flow.rttSum / flow.rttSamples / 1000,
    meanTimeoutSeconds: meanTimeout / 1000,
  };
}
