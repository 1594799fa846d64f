// The value of a calibration of a link whose truth is known, and the table of many.

import type { Check, LinkCalibration } from "../../lib/contract/calibration.ts";
import type { DrawnLink } from "./random-links.ts";

/**
 * `right`: the fault was found, and nothing else. `unjudged`: it was not judged. `refused`: no such
 * link can be made.
 */
export type Outcome = "right" | "unjudged" | "missed" | "false outside" | "failed" | "refused";

export interface Judged {
  index: number;
  link: DrawnLink;
  seconds: number;
  outcome: Outcome;
  summary: string;
  calibration?: LinkCalibration;
}

/** Compares a calibration with the truth about the link. */
export function judgeCalibration(
  { fault }: DrawnLink,
  calibration: LinkCalibration,
): Pick<Judged, "outcome" | "summary"> {
  const all = located(calibration);
  const planted = fault === null ? undefined : `${fault.side} ${fault.quantity}`;
  // A delay that is wrong one way is wrong there and back.
  const excused = (name: string) => name === planted || (fault?.quantity === "delay" && name === "RTT");
  const outside = all.filter(({ check }) => check.verdict === "outside").map(({ name }) => name);
  const wrongly = outside.filter((name) => !excused(name));
  const verdict = all.find(({ name }) => name === planted)?.check.verdict;
  const unjudged = all.filter(({ check }) => isUnjudged(check)).map(({ name, check }) => `${name} (${check.note})`);
  const rest = unjudged.length === 0 ? "" : `; unjudged: ${unjudged.join("; ")}`;
  const said = `${planted === undefined ? "true" : `wrong by ${planted}`}${rest}`;
  if (wrongly.length > 0) return { outcome: "false outside", summary: `FALSE ${wrongly.join(", ")}; ${said}` };
  if (verdict === "within") return { outcome: "missed", summary: `MISSED ${said}` };
  if (verdict === "unjudged") return { outcome: "unjudged", summary: `fault unjudged, ${said}` };
  return { outcome: "right", summary: `right, ${said}` };
}

/** A quantity that no setting determines is no check. */
function isUnjudged({ verdict, configured, quantity }: Check): boolean {
  return verdict === "unjudged" && (configured !== null || quantity === "missed");
}

function located({ checks, forward, backward }: LinkCalibration): { name: string; check: Check }[] {
  const of = (place: string, list: readonly Check[]) =>
    list.map((check) => ({ name: `${place}${check.quantity}`, check }));
  return [...of("", checks), ...of("forward ", forward.checks), ...of("backward ", backward.checks)];
}

const OUTCOMES: readonly Outcome[] = ["right", "unjudged", "missed", "false outside", "failed", "refused"];

/**
 * A table of outcomes, true and wrong links apart, then the unjudged checks by quantity and reason.
 */
export function tabulate(judged: readonly Judged[]): string {
  const rows = [
    ["true links", judged.filter(({ link }) => link.fault === null)],
    ["wrong links", judged.filter(({ link }) => link.fault !== null)],
  ] as const;
  const count = (list: readonly Judged[], outcome: Outcome) => list.filter((each) => each.outcome === outcome).length;
  const median = (list: readonly Judged[]) =>
    list.map(({ seconds }) => seconds).sort((one, other) => one - other)[list.length >> 1] ?? 0;
  const lines = rows.map(([name, list]) =>
    [name, list.length, ...OUTCOMES.map((outcome) => count(list, outcome)), median(list).toFixed(1)].join(" | "),
  );
  const checks = judged.flatMap(({ calibration }) => (calibration === undefined ? [] : located(calibration)));
  const unjudged = checks.filter(({ check }) => isUnjudged(check));
  const reasons = Map.groupBy(unjudged, ({ check }) => `${check.quantity}: ${reason(check)}`);
  const share = ((100 * unjudged.length) / Math.max(1, checks.length)).toFixed(1);
  return [
    `| | links | ${OUTCOMES.join(" | ")} | median s |`,
    `|---|${"---:|".repeat(OUTCOMES.length + 2)}`,
    ...lines.map((line) => `| ${line} |`),
    "",
    `${unjudged.length} of ${checks.length} checks unjudged (${share} %)`,
    ...[...reasons].map(([name, list]) => `- ${list.length} ${name}`),
  ].join("\n");
}

function reason({ note }: Check): string {
  return note.replace(/; \d+ samples were taken$/, "").replaceAll(/[\d.]+(e-\d+)?/g, "N");
}
