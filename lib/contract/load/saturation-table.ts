// The search for saturation for a terminal.

import { columns } from "../../columns.ts";
import type { Saturation, SaturationStep } from "./saturation.ts";

const TITLES = ["rate", "completed/s", "Mbit/s", "p50 ms", "p99 ms", ""];

/** Several lines, each with its line end. */
export function saturationTable({ criterion, unloaded, steps, ...result }: Saturation): string {
  const { heldPerSecond, tooHighPerSecond, kneePerSecond, ended } = result;
  const alone = ["1 user", unloaded.completedPerSecond.toFixed(1), "", millis(unloaded.p50Micros)];
  const rows = [...steps]
    .sort((one, other) => one.rate - other.rate)
    .map(({ rate, completedPerSecond, goodputBitsPerSecond, p50Micros, p99Micros, reason }) => [
      `${rate}`,
      completedPerSecond.toFixed(1),
      (goodputBitsPerSecond / 1e6).toFixed(2),
      millis(p50Micros),
      millis(p99Micros),
      reason ?? "held",
    ]);
  return [
    columns([TITLES, [...alone, millis(unloaded.p99Micros), ""], ...rows], { left: 0 }),
    "",
    `held       ${heldPerSecond ?? "no rate"}${heldPerSecond === null ? "" : "/s"}`,
    `too high   ${tooHighPerSecond ?? "no rate"}${tooHighPerSecond === null ? "" : "/s"}`,
    ...(kneePerSecond === null ? [] : [`knee       about ${Number(kneePerSecond.toPrecision(3))}/s`]),
    `criterion  ${criterion}`,
    `ended      ${ended}, after ${steps.length} steps`,
    ...new Set(steps.flatMap(({ rate, invalid }) => invalid.map((reason) => `INVALID: at ${rate}/s, ${reason}`))),
    "",
  ].join("\n");
}

/** As a step ends. */
export function stepLine({ rate, completedPerSecond, reason }: SaturationStep): string {
  return `${rate}/s: ${completedPerSecond.toFixed(1)}/s completed, ${reason ?? "held"}`;
}

function millis(micros: number | null): string {
  return micros === null ? "-" : (micros / 1000).toFixed(2);
}
