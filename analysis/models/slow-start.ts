// The time of one transfer in slow start, without loss: Heidemann, Obraczka and Touch, "Modeling
// the performance of HTTP over several transport protocols", IEEE/ACM ToN 5(5), 1997, in the closed
// form of Kurose and Ross, for any window to begin with. The window doubles each round trip (Linux
// credits each segment), the sender stalls at the end of the first P rounds, and from then on the
// bottleneck is always busy.

export interface Transfer {
  payloadBytes: number;
  windowSegments: number;
  segmentBytes: number;
  headerBytes: number;
  rttSeconds: number;
  rateBitsPerSecond: number;
}

/** From the request to the last byte. */
export function transferSeconds(transfer: Transfer): number {
  const { rttSeconds, windowSegments } = transfer;
  const { segments, segmentSeconds, wireSeconds } = onTheWire(transfer);
  const stalls = Math.min(roundsUntilBusy(transfer), roundsNeeded(segments, windowSegments) - 1);
  const stalled = stalls * (rttSeconds + segmentSeconds) - windowSegments * (2 ** stalls - 1) * segmentSeconds;
  return rttSeconds + wireSeconds + stalled;
}

export function onTheWire(transfer: Omit<Transfer, "windowSegments" | "rttSeconds">) {
  const { payloadBytes, segmentBytes, headerBytes, rateBitsPerSecond } = transfer;
  const segments = Math.max(1, Math.ceil(payloadBytes / segmentBytes));
  const segmentSeconds = (8 * (segmentBytes + headerBytes)) / rateBitsPerSecond;
  const wireSeconds = (8 * (payloadBytes + segments * headerBytes)) / rateBitsPerSecond;
  return { segments, segmentSeconds, wireSeconds };
}

/** K: rounds of w, 2w, 4w, … that hold the segments. */
export function roundsNeeded(segments: number, windowSegments: number): number {
  return Math.ceil(Math.log2(segments / windowSegments + 1) - 1e-9);
}

/**
 * Q: rounds after which a window takes longer to send than its first acknowledgement to come back.
 */
function roundsUntilBusy(transfer: Transfer): number {
  const { segmentSeconds } = onTheWire(transfer);
  return Math.max(0, Math.floor(Math.log2((1 + transfer.rttSeconds / segmentSeconds) / transfer.windowSegments)) + 1);
}

/**
 * The window after so many segments. A window that is not used does not grow: Linux lets it reach
 * twice what was in flight (`tcp_is_cwnd_limited`), so that small answers leave it small.
 */
export function windowAfter(segments: number, windowSegments: number): number {
  const mostInFlight = largestFlight(segments, windowSegments);
  return Math.max(windowSegments, Math.min(windowSegments + segments, 2 * mostInFlight));
}

/**
 * Each acknowledgement lets two segments go, so that half of what follows the first window has left
 * when the last is sent.
 */
function largestFlight(segments: number, windowSegments: number): number {
  return Math.min(segments, Math.ceil((segments + windowSegments) / 2));
}

/**
 * How far transfers that begin together overshoot the path: segments that must wait at the
 * bottleneck at once, of the first windows, which come as one burst, or when slow start ends.
 */
export function overshootSegments(
  transfers: { segments: number; burstSegments: number },
  pathSegments: number,
): number {
  const { segments, burstSegments } = transfers;
  return Math.max(burstSegments, largestFlight(segments, burstSegments) - pathSegments) - 1;
}
