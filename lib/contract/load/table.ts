// The result of a load as a table for a terminal.

import { columns } from "../../columns.ts";
import { latencyBars } from "./bars.ts";
import { type LatencySummary, type LoadResult, PHASES, type Phase } from "./load.ts";

const MEANINGS: Readonly<Record<Phase, string>> = {
  lag: "intended start to the generator's attention",
  wait: "for a free connection",
  connect: "TCP handshake",
  firstByte: "request to first byte",
  transfer: "request to last byte",
  service: "actual start to last byte",
  total: "intended start to last byte",
  close: "last byte to the server's close",
};

const COLUMNS = ["min", "mean", "p50", "p90", "p99", "p99.9", "max"] as const;

/** Several lines, each with its line end. */
export function loadTable(result: LoadResult): string {
  const { settings, latencies } = result;
  const bars = latencyBars(latencies.total, settings.rate === null ? null : latencies.service);
  const blocks = [headline(result), latencyTable(result), ...(bars === null ? [] : [bars])];
  const lines = [...countLines(result), ...warnings(result)];
  return `${[...blocks, lines.join("\n")].join("\n\n")}\n`;
}

/** The share of each of several generators that made a load together. */
export function shareTable(names: readonly string[], results: readonly LoadResult[]): string {
  const titles = ["", "completed", "failed", "p50 ms", "p99 ms", "RTT ms", "busy"];
  const rows = results.map(({ completed, failed, latencies, roundTrips, generator }, index) => [
    names[index] ?? "",
    `${completed}`,
    `${failed}`,
    cell(latencies.total.p50Micros),
    cell(latencies.total.p99Micros),
    roundTrips?.rttMillis.toFixed(2) ?? "-",
    percent(generator.eventLoopUtilisation),
  ]);
  return columns([titles, ...rows], { left: 1 });
}

function headline({ settings, windowSeconds }: LoadResult): string {
  const { httpVersion, page, connections, target, path, pipeline, protocol } = settings;
  const piped = pipeline === 1 ? "" : `, pipelined ${pipeline} deep`;
  const pages = page === null ? "" : `, pages ${page}${connections === null ? "" : ` over ${connections} connections`}`;
  const what = protocol === "echo" ? `echo ${target}` : `HTTP/${httpVersion} ${target}${path}`;
  return `${what}${pages}, ${loadOf(settings)}${piped}, ${windowSeconds.toFixed(1)} s`;
}

function loadOf({ rate, arrivals, users, thinkMillis, levels, paths }: LoadResult["settings"]): string {
  const course = levels?.values.join(levels.course === "ramp" ? " to " : ", ");
  if (paths?.order === "replayed") return `a record of ${paths.entries.length} requests, ${rate?.toFixed(1)} a second`;
  if (rate !== null) return `${course ?? rate} requests a second (open, ${arrivals})`;
  const thinking = thinkMillis === 0 ? "" : `, thinking ${thinkMillis} ms`;
  return `${course ?? users} ${users === 1 ? "user" : "users"}${thinking}`;
}

function latencyTable(result: LoadResult): string {
  const { latencies, roundTrips } = result;
  const titles = ["ms", ...COLUMNS, ...(roundTrips === null ? [] : ["p50 in RTT"]), ""];
  const rows = PHASES.filter((phase) => isShown(phase, result)).map((phase) => {
    const trips = roundTrips === null ? [] : [roundTrips.medians[phase]?.toFixed(2) ?? "-"];
    return [phase, ...latencyCells(latencies[phase]), ...trips, MEANINGS[phase]];
  });
  return columns([titles, ...rows, ...pageRow(result)], { left: 1 });
}

/** In a closed load requests begin when they are wished for; after a pause that may be late. */
function isShown(phase: Phase, { settings, latencies }: LoadResult): boolean {
  if (latencies[phase].count === 0) return phase === "connect";
  if (phase === "lag" && settings.thinkMillis > 0) return true;
  return settings.rate !== null || (phase !== "lag" && phase !== "wait" && phase !== "service");
}

function pageRow({ pages, roundTrips }: LoadResult): string[][] {
  if (pages === null) return [];
  const { p50Micros } = pages.latency;
  const trips = p50Micros === null || roundTrips === null ? "-" : (p50Micros / 1000 / roundTrips.rttMillis).toFixed(2);
  return [["page", ...latencyCells(pages.latency), ...(roundTrips === null ? [] : [trips]), "document and objects"]];
}

function latencyCells(summary: LatencySummary): string[] {
  const { minMicros, meanMicros, p50Micros, p90Micros, p99Micros, p999Micros, maxMicros } = summary;
  return [minMicros, meanMicros, p50Micros, p90Micros, p99Micros, p999Micros, maxMicros].map(cell);
}

function cell(micros: number | null): string {
  return micros === null ? "-" : (micros / 1000).toFixed(micros < 10_000 ? 2 : 1);
}

function countLines(result: LoadResult): string[] {
  const { completed, failed, cut, connections, completedPerSecond, goodputBitsPerSecond, failures, generator } = result;
  const kinds = Object.entries(failures).filter(([, count]) => count > 0);
  const listed = kinds.length === 0 ? "" : ` (${kinds.map(([kind, count]) => `${kind} ${count}`).join(", ")})`;
  const cpu = `${generator.cpuSeconds.toFixed(2)} s of CPU, event loop ${percent(generator.eventLoopUtilisation)} busy`;
  return [
    ...droppedLine(result),
    `completed  ${completed} (${completedPerSecond.toFixed(1)}/s, ${(goodputBitsPerSecond / 1e6).toFixed(2)} Mbit/s)`,
    `failed     ${failed}${listed}`,
    ...(cut === 0 ? [] : [`cut off    ${cut} at the end`]),
    ...pageLines(result),
    `opened     ${connections} ${connections === 1 ? "connection" : "connections"}`,
    ...roundTripLine(result),
    `generator  ${cpu}`,
  ];
}

function droppedLine({ settings, offered, dropped, windowSeconds }: LoadResult): string[] {
  if (settings.rate === null) return [];
  const perSecond = (offered / windowSeconds).toFixed(1);
  return [`offered    ${offered} (${perSecond}/s)${dropped === 0 ? "" : `, of which ${dropped} were dropped`}`];
}

function pageLines({ pages }: LoadResult): string[] {
  if (pages === null) return [];
  const { completed, failed, cut, objects } = pages;
  const others = [`${failed} failed`, ...(cut === 0 ? [] : [`${cut} cut off`])].join(", ");
  return [`pages      ${completed}, ${others}; ${objects ?? "no"} objects beside the document`];
}

function roundTripLine({ roundTrips }: LoadResult): string[] {
  return roundTrips === null ? [] : [`RTT        ${roundTrips.rttMillis.toFixed(2)} ms (${roundTrips.source})`];
}

function warnings({ invalid, failureExamples }: LoadResult): string[] {
  const examples = Object.entries(failureExamples).map(([kind, message]) => `first ${kind}: ${message}`);
  return [...examples, ...invalid.map((reason) => `INVALID: ${reason}`)];
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}
