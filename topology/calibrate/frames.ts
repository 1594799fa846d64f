// Sizes of the measurements' packets as a link counts them: whole Ethernet frames without their
// checksum (lib/link/rate.ts).

export const ETHERNET_IP_UDP_BYTES = 14 + 20 + 8;

/** Bytes of the frame around a UDP or ICMP payload (both have 8 bytes of header). */
export function frameBytes(payloadBytes: number): number {
  return payloadBytes + ETHERNET_IP_UDP_BYTES;
}

/** Sending time of a frame at a rate; 0 without a rate. */
export function transmissionMillis(bytes: number, rateBitsPerSecond: number | null): number {
  return rateBitsPerSecond === null ? 0 : (bytes * 8000) / rateBitsPerSecond;
}
