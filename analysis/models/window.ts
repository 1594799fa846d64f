// The rate that one window and one path allow, from first principles. A window of W bytes is
// delivered once a round trip, and never faster than the bottleneck carries it. The excess over the
// bandwidth-delay product waits in the queue, and makes the round trip longer until both agree
// (Kleinrock, "On flow control in computer networks", ICC 1978).

import { HEADER, MSS, QUEUE, RATE, RTT } from "./inputs.ts";
import { defineModel, unmet } from "./model.ts";

const WINDOW = {
  name: "windowSegments",
  unit: "segments",
  meaning: "segments kept in flight",
  minimum: 1,
  maximum: 1e9,
} as const;

interface Path {
  rttSeconds: number;
  rateBitsPerSecond: number;
  segmentBytes: number;
  headerBytes: number;
}

export const windowThroughput = defineModel({
  name: "window-throughput",
  title: "Throughput of a fixed window: the smaller of window/RTT and the rate",
  source: "Kleinrock: On flow control in computer networks. ICC 1978",
  predicts: { quantity: "rate of payload", unit: "bit/s" },
  inputs: [RTT, RATE, WINDOW, MSS, HEADER, QUEUE],
  predict: (values) => (8 * values.segmentBytes * values.windowSegments) / roundTripAt(values, values.windowSegments),
  brokenAssumptions: (values) => queueHolds(values),
});

export const queueingDelay = defineModel({
  name: "queueing-delay",
  title: "Round trip of a fixed window: what exceeds the bandwidth-delay product waits",
  source: "Kleinrock: On flow control in computer networks. ICC 1978",
  predicts: { quantity: "round-trip time", unit: "s" },
  inputs: [RTT, RATE, WINDOW, MSS, HEADER, QUEUE],
  predict: (values) => roundTripAt(values, values.windowSegments),
  brokenAssumptions: (values) => queueHolds(values),
});

export const bandwidthDelay = defineModel({
  name: "bandwidth-delay",
  title: "Bandwidth-delay product of a path",
  source: "RFC 1072, section 1",
  predicts: { quantity: "segments that fill the path", unit: "segments" },
  inputs: [RTT, RATE, MSS, HEADER],
  predict: (values) => pathSegments(values),
  brokenAssumptions: () => [],
});

/** A segment leaves the bottleneck, its acknowledgement comes back, and the next may follow. */
function pathSegments(path: Path): number {
  return path.rttSeconds / segmentSeconds(path);
}

function segmentSeconds({ segmentBytes, headerBytes, rateBitsPerSecond }: Path): number {
  return (8 * (segmentBytes + headerBytes)) / rateBitsPerSecond;
}

/** A lone segment takes the path's round trip and its own time on the wire. */
function roundTripAt(path: Path, windowSegments: number): number {
  return Math.max(path.rttSeconds + segmentSeconds(path), windowSegments * segmentSeconds(path));
}

function queueHolds(values: Path & { windowSegments: number; queueSegments: number }): string[] {
  const waiting = values.windowSegments - pathSegments(values) - 1;
  const otherwise = `${Math.ceil(waiting)} segments would wait where the queue holds ${Math.floor(values.queueSegments)}: the rest is lost`;
  return unmet([[waiting <= values.queueSegments, otherwise]]);
}
