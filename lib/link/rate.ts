// Transmission rate of one direction. As in netem, it counts whole Ethernet frames without their
// checksum (14 bytes of header): a 1500-byte IP packet takes 1514 * 8 / rate seconds. The kind of
// queue decides which qdisc enforces it.

import { formatQuantity, parseQuantity, quantityPattern } from "../units.ts";
import type { DirectionField } from "./field.ts";

const MIN_BITS_PER_SECOND = 8_000;
const MAX_BITS_PER_SECOND = 10e9;

/** null: the direction is as fast as the machine. */
export const rate: DirectionField<number | null> = {
  key: "rate",
  range: "8kbit to 10gbit, such as 50mbit, or unlimited",
  pattern: `${quantityPattern("bitsPerSecond")}|^unlimited$`,
  none: null,
  parse(text) {
    if (text === "unlimited") return null;
    const rateBitsPerSecond = parseQuantity(text, "bitsPerSecond");
    if (rateBitsPerSecond === undefined) return undefined;
    return rateBitsPerSecond >= MIN_BITS_PER_SECOND && rateBitsPerSecond <= MAX_BITS_PER_SECOND
      ? Math.round(rateBitsPerSecond)
      : undefined;
  },
  format: (value) => (value === null ? "unlimited" : formatQuantity(value, "bitsPerSecond")),
};
