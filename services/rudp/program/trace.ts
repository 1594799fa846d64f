// The op `trace`: the course of every RUDP connection that begins while the client stays, of those
// that were accepted too. The engine writes a line an acknowledgement; what is handed on is
// thinned, but for lines at which the phase changes.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Handler } from "../../../lib/contract/contract.ts";
import { endOfInput } from "../../../lib/contract/serving/end-of-input.ts";
import { type RudpTrace, readTraceBounds } from "../../../lib/contract/trace.ts";
import type { Endpoint } from "../thread/endpoint.ts";

export function traceHandler(endpoint: Endpoint): Handler<"rudp.trace"> {
  return async (request, emit, signal) => {
    const { everyMillis, samples } = readTraceBounds(request);
    const folder = await mkdtemp(join(tmpdir(), "trace-"));
    try {
      await endpoint.traceAsync(folder);
      emit("trace", {});
      await endOfInput(signal);
      await endpoint.traceAsync(null);
      return { connections: await readTraces(folder, everyMillis, samples) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function readTraces(folder: string, everyMillis: number, samples: number): Promise<RudpTrace[]> {
  const traces: RudpTrace[] = [];
  let left = samples;
  for (const name of (await readdir(folder)).sort()) {
    const [began, peer = ""] = name.split("-");
    const text = await readFile(join(folder, name), "utf8");
    // A disk that was full may have cut the last line.
    const written = text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .slice(0, -1);
    const lines = thinned(
      written.map((line) => JSON.parse(line)),
      everyMillis,
    ).slice(0, left);
    left -= lines.length;
    traces.push({ peer, beganMillis: Number(began), lines });
  }
  return traces;
}

interface Line extends Record<string, number | string | null> {
  atMillis: number;
  phase: string;
}

function thinned(lines: readonly Line[], everyMillis: number): Line[] {
  let last: Line | undefined;
  return lines.filter((line, at) => {
    const isNews = last === undefined || line.phase !== last.phase || at === lines.length - 1;
    if (!isNews && line.atMillis - (last as Line).atMillis < everyMillis) return false;
    last = line;
    return true;
  });
}
