// A calibration for people: a table of configured, expected and measured values, and violations of
// tolerance as problems.

import { columns } from "../../lib/columns.ts";
import type { Check, LinkCalibration } from "../../lib/contract/calibration.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";

/** The measurements themselves keep about half of two processors busy. */
const BUSY_RATIO = 0.8;

/**
 * Several lines: the link, then a line per check; reasons follow a check that is not within
 * tolerance.
 */
export function describeCalibration(calibration: LinkCalibration): string {
  const { link, between, backend, base, durationSeconds, machineBusyRatio } = calibration;
  const cost = `the bare path costs ${base.rttMillis.toFixed(2)} ms of RTT`;
  const head = `${link}: ${between.join(" - ")}, ${backend}, ${cost}, measured in ${durationSeconds.toFixed(0)} s, machine ${percent(machineBusyRatio)} busy`;
  const rows = located(calibration).map(({ place, check }) => [
    place,
    check.quantity,
    check.configured === null ? "-" : format(check.configured, check.unit),
    check.measured === null ? "-" : format(check.measured, check.unit),
    check.expected === null ? "-" : format(check.expected, check.unit),
    check.tolerance === null ? "" : `± ${format(check.tolerance, check.unit)}`,
    check.verdict === "within" ? "within" : `${check.verdict}: ${check.note}`,
  ]);
  const titles = ["", "", "configured", "measured", "expected", "", ""];
  return `${head}\n${columns([titles, ...rows], { left: 2, indent: "  " })}`;
}

/** Throws E_LINK_TOLERANCE with a problem for each check that is outside. */
export function refuseViolations(calibrations: readonly LinkCalibration[]): void {
  const problems = calibrations.flatMap(violations);
  if (problems.length === 0) return;
  const checks = calibrations.flatMap(located).length;
  const counted = `${problems.length} of ${checks} checks are out of tolerance`;
  const busiest = Math.max(...calibrations.map(({ machineBusyRatio }) => machineBusyRatio));
  const excuse = busiest > BUSY_RATIO ? `; the machine was ${percent(busiest)} busy: try again when it is not` : "";
  throw new RttlabError("E_LINK_TOLERANCE", `calibrating links: ${counted}${excuse}`, { problems });
}

/** `wan-a forward delay: 53.1 ms, configured 50 ms (allowed: 50.2 ms ± 0.5 ms)` */
export function violations(calibration: LinkCalibration): Problem[] {
  return located(calibration)
    .filter(({ check }) => check.verdict === "outside")
    .map(({ place, check }) => {
      const { quantity, unit, configured, measured, expected, tolerance, note } = check;
      const beside = configured === null ? "" : `, configured ${format(configured, unit)}`;
      const allowed = `${format(expected ?? 0, unit)} ± ${format(tolerance ?? 0, unit)}; ${note}`;
      const path = [calibration.link, place, quantity].filter((word) => word !== "").join(" ");
      return { path, message: `${format(measured ?? 0, unit)}${beside}`, allowed };
    });
}

function located({ checks, forward, backward }: LinkCalibration): { place: string; check: Check }[] {
  return [
    ...checks.map((check) => ({ place: "", check })),
    ...forward.checks.map((check) => ({ place: "forward", check })),
    ...backward.checks.map((check) => ({ place: "backward", check })),
  ];
}

function format(value: number, unit: Check["unit"]): string {
  switch (unit) {
    case "ms":
      return `${Number(value.toFixed(2))} ms`;
    case "bit/s":
      return `${Number((value / 1e6).toPrecision(4))} Mbit/s`;
    case "ratio":
      return `${Number((value * 100).toPrecision(3))} %`;
    default:
      return `${Math.round(value)} ${unit}`;
  }
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}
