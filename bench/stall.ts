// `npm run bench stall`: one server that stalls for a second, seen by all generators, as a plot
// (docs/images/stall.svg) and a table: who omits the stall? The server runs in this process and
// answers within 5 ms at every other time, so generators and processor have little to do, and the
// second dwarfs what else the machine does. Needs two cores and, as root on Debian, installs wrk,
// ab and h2load if they are missing.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderSvg } from "../analysis/plots/render.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { ab, h2load, type KeptLoad, ourLoad, wrk, wrk2Schedule } from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { microsAt, quantilesIn } from "./measure/quantiles.ts";
import { type Spread, stallPlot } from "./measure/stall-plot.ts";
import { startStalling } from "./measure/stalling-server.ts";

const IMAGE = join(import.meta.dirname, "..", "docs", "images", "stall.svg");
const TITLE = "A server that stalls for one second in ten, as each generator reports it";
const SECONDS = 10;
const CONNECTIONS = 10;
const RATE = 500;
const OPEN = [`rate=${RATE}`, `connections=${CONNECTIONS}`];
const SLOW_MICROS = 100_000;

const BEHAVIOUR = { serviceMillis: 5, stallAfterMillis: 4_500, stallMillis: 1_000 };
const PACKAGES = { wrk: "wrk", ab: "apache2-utils", h2load: "nghttp2-client" };

interface Measured extends Spread {
  requests: number;
}

type Measure = (load: KeptLoad, directory: string) => Promise<Omit<Measured, "name">>;

/** By panel and name. */
const GENERATORS: Readonly<Record<string, Readonly<Record<string, Measure>>>> = {
  [`Closed: ${CONNECTIONS} users`]: {
    "this generator": (load) => ours(load, [`users=${CONNECTIONS}`], "total"),
    ab: ({ url }, directory) => ab(url, CONNECTIONS, { keptSeconds: SECONDS }, directory),
    wrk,
    h2load,
  },
  [`Open: ${RATE} requests a second`]: {
    "this generator, from the intended start": (load) => ours(load, OPEN, "total"),
    "h2load --rps": (load, directory) => h2load(load, directory, RATE / CONNECTIONS),
    "the schedule of wrk2": (load) => wrk2Schedule(load, RATE),
    "this generator, from the actual start": (load) => ours(load, OPEN, "service"),
  },
};

await runProgram(main);

async function main(): Promise<number> {
  installMissing(PACKAGES);
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  try {
    const panels: Record<string, Measured[]> = {};
    for (const [panel, generators] of Object.entries(GENERATORS)) {
      panels[panel] = [];
      for (const [name, measure] of Object.entries(generators)) {
        const measured = { name, ...(await see(measure, directory)) };
        panels[panel].push(measured);
        await print(`${panel}, ${describe(measured)}\n`);
      }
    }
    await writeFile(IMAGE, await renderSvg(stallPlot(panels), "stall", TITLE));
  } finally {
    await rm(directory, { recursive: true });
  }
  return EXIT.done;
}

/** Each generator has a server of its own, whose stall comes at the same time of the load. */
async function see(measure: Measure, directory: string): Promise<Omit<Measured, "name">> {
  await using server = await startStalling(BEHAVIOUR);
  const url = `http://127.0.0.1:${server.port}/`;
  return await measure({ url, connections: CONNECTIONS, seconds: SECONDS, pipelined: 1 }, directory);
}

async function ours({ url }: KeptLoad, words: readonly string[], phase: "total" | "service") {
  const { completed, latencies } = await ourLoad([`seconds=${SECONDS}`, ...words, url]);
  return { requests: completed, latencies: quantilesIn(latencies[phase].histogram ?? "") };
}

function describe({ name, requests, latencies }: Measured): string {
  const slow = latencies.find(({ micros }) => micros > SLOW_MICROS)?.ratio ?? 1;
  const share = (100 * (1 - slow)).toFixed(2);
  const at = (ratio: number) => (microsAt(latencies, ratio) / 1000).toFixed(1);
  return `${name}: ${requests} requests, ${share} % above ${SLOW_MICROS / 1000} ms; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
