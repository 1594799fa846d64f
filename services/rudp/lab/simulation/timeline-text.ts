// Segments and events of a simulated network as lines of text; a failing seed prints them.

import { decode, emptySegment, flagNames } from "../../protocol/wire.ts";
import type { NetworkEvent } from "./network.ts";

const segment = emptySegment();

/** Such as ` 123.4 ms 0 --> DATA 17 ack 3 win 64 len 1000 sack 19-21`; numbers as on the wire. */
export function describeEvent({ kind, atMillis, side, bytes, connection }: NetworkEvent): string {
  const arrow = { sent: "-->", arrived: "<--", lost: "--x" }[kind];
  const text = describeDatagram(bytes);
  const state =
    connection === null
      ? ""
      : `   [${connection.state} cwnd ${connection.congestion.windowSegments.toFixed(2)} ${connection.recovery.phase}]`;
  return `${atMillis.toFixed(3).padStart(12)} ms  ${side} ${arrow} ${text}${state}`;
}

/** The important fields of a datagram, or why it cannot be read. */
export function describeDatagram(bytes: Uint8Array): string {
  const refusal = decode(bytes, segment);
  if (refusal !== null) return refusal;
  const blocks = Array.from(
    { length: segment.sackCount },
    (_, i) => `${segment.sackEdges[2 * i]}-${segment.sackEdges[2 * i + 1]}`,
  );
  return [
    flagNames(segment.flags).join(" "),
    `seq ${segment.sequence} ack ${segment.acknowledgement} win ${segment.window} len ${segment.payloadLength}`,
    blocks.length > 0 ? `sack ${blocks.join(" ")}` : "",
    `ids ${segment.sourceId.toString(16)}>${segment.destinationId.toString(16)}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}
