// The trace of a connection as NDJSON, a line per acknowledgement, from which congestion control is
// plotted.

import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { RttlabError } from "../../../../lib/errors.ts";
import type { Connection } from "../../protocol/connection/connection.ts";
import { resentSegments } from "../../protocol/connection/counters.ts";
import { inFlightSegments } from "../../protocol/connection/recovery.ts";
import { rtoMillis } from "../../protocol/rtt.ts";

export interface Trace {
  readonly file: number;
  readonly beganMillis: number;
  lines: string[];
  /**
   * Set when the file could not be written any more, for example on a full disk. The transfer goes
   * on.
   */
  isBroken: boolean;
}

const LINES_A_WRITE = 500;

/** Throws E_RUDP_TRACE when the file cannot be created. */
export function openTrace(path: string, nowMillis: number): Trace {
  try {
    return { file: openSync(path, "w"), beganMillis: nowMillis, lines: [], isBroken: false };
  } catch (cause) {
    throw new RttlabError("E_RUDP_TRACE", `writing a trace to ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * One in a folder for the traces of all connections, if there is one; where it cannot be made the
 * connection goes without. Connections of one millisecond to one peer differ by their number.
 */
export function traceOf(
  engine: { traceFolder: string | null; traces: number },
  peer: string,
  nowMillis: number,
): Trace | null {
  const { traceFolder } = engine;
  if (traceFolder === null) return null;
  const millis = Math.round(performance.timeOrigin + nowMillis);
  engine.traces += 1;
  try {
    return openTrace(join(traceFolder, `${millis}-${peer}-${engine.traces}`), nowMillis);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return null;
  }
}

/** Windows in segments, times in milliseconds; bytes and segments since the connection began. */
export function recordAck(trace: Trace, c: Connection, nowMillis: number): void {
  const { congestion, rtt, counters, send, recovery } = c;
  const { thresholdSegments } = congestion;
  const row = {
    atMillis: rounded(nowMillis - trace.beganMillis),
    acknowledgedSegments: send.una - 1,
    windowSegments: rounded(congestion.windowSegments),
    thresholdSegments: Number.isFinite(thresholdSegments) ? rounded(thresholdSegments) : null,
    inFlightSegments: inFlightSegments(c),
    peerWindowSegments: send.edge - send.nxt,
    latestRttMillis: rounded(rtt.latestMillis),
    smoothedRttMillis: rounded(rtt.smoothedMillis),
    rttVariationMillis: rounded(rtt.variationMillis),
    rtoMillis: rounded(rtoMillis(rtt)),
    phase: recovery.phase,
    resentSegments: resentSegments(counters),
  };
  trace.lines.push(JSON.stringify(row));
  if (trace.lines.length >= LINES_A_WRITE) flushTrace(trace);
}

export function closeTrace(trace: Trace): void {
  flushTrace(trace);
  closeSync(trace.file);
}

/** Writes what has been recorded so far. */
export function flushTrace(trace: Trace): void {
  if (trace.lines.length > 0 && !trace.isBroken) {
    try {
      writeSync(trace.file, `${trace.lines.join("\n")}\n`);
    } catch (error) {
      trace.isBroken = true;
      process.stderr.write(`the trace ends here: ${(error as Error).message}\n`);
    }
  }
  trace.lines = [];
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
