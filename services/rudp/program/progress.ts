// The progress line of a transfer, redrawn in place on a terminal.

import type { ConnectionNumbers } from "../../../lib/contract/transfer.ts";
import { formatQuantity } from "../../../lib/units.ts";
import { resentSegments } from "../protocol/connection/counters.ts";

const BAR_CHARACTERS = 24;

/** Draws on stderr if that is a terminal. `total` null: there is no bar, only counts. */
export function drawProgress(
  bytes: number,
  total: number | null,
  elapsedSeconds: number,
  numbers: ConnectionNumbers,
): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progressLine(bytes, total, elapsedSeconds, numbers)}`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}

/** Such as `[######------] 50 %  10MB  38.1mbit/s  window 412  srtt 100.2 ms  sent again 3`. */
export function progressLine(
  bytes: number,
  total: number | null,
  elapsedSeconds: number,
  numbers: ConnectionNumbers,
): string {
  const share = total === null ? null : total === 0 ? 1 : Math.min(1, bytes / total);
  const full = Math.floor((share ?? 0) * BAR_CHARACTERS);
  const bar = share === null ? [] : [`[${"#".repeat(full).padEnd(BAR_CHARACTERS, "-")}] ${Math.floor(share * 100)} %`];
  const resent = resentSegments(numbers);
  return [
    ...bar,
    short(bytes, "bytes"),
    `${short((bytes * 8) / elapsedSeconds, "bitsPerSecond")}/s`,
    `window ${Math.floor(numbers.windowSegments)}`,
    `srtt ${numbers.smoothedRttMillis.toFixed(1)} ms`,
    ...(resent > 0 ? [`sent again ${resent}`] : []),
  ].join("  ");
}

function short(value: number, dimension: "bytes" | "bitsPerSecond"): string {
  return formatQuantity(Number(value.toPrecision(3)), dimension);
}
