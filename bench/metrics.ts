// `npm run bench metrics`: the cost of watching. The CPU that Prometheus, the exporters and the
// agents' answers take on an idle wan-100ms (floor: 3 % of a core, scraped less not scraped), and
// the server's requests per second while scraped once a second beside the same server without
// scrapes (floor: 0.97 ×). Needs two cores with nothing else running; takes down its testbed.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import { columns } from "../lib/columns.ts";
import { METRICS_PORT } from "../lib/contract/places.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { writeSite } from "../services/server/sample-site/sample-site.ts";
import { memberOf, SCENARIO_LABEL, watcherName } from "../topology/plan/names.ts";
import { wrk } from "./measure/generators.ts";
import { installMissing } from "./measure/install.ts";
import { alternate, median } from "./measure/rounds.ts";
import { type Server, startOurs } from "./measure/servers.ts";

const SCENARIO = "wan-100ms";
const PROMETHEUS = watcherName(SCENARIO, "prometheus");
const WATCHERS = ["prometheus", "usage"];
const IDLE_ROUNDS = 3;
const IDLE_SECONDS = 20;
/** Until compiled code and pools of a fresh testbed have settled. */
const SETTLE_SECONDS = 15;
const COST_FLOOR = 0.03;

const THROUGHPUT_ROUNDS = 9;
const WARM_SECONDS = 2;
const LOAD_SECONDS = 4;
const THROUGHPUT_FLOOR = 0.97;
const METRICS_ADDRESS = "127.0.0.2";

const run = promisify(execFile);
const docker = new Docker();

const [only] = process.argv.slice(2); // `cost` or `throughput`; both where there is none
await runProgram(async () => {
  if (only !== "throughput") await print(`${await cost()}\n`);
  if (only !== "cost") await print(`${await throughput()}\n`);
  return EXIT.done;
});

async function cost(): Promise<string> {
  await topology("up", SCENARIO, "idle", "uncalibrated");
  const report = await idleCost().catch(async (error: unknown) => {
    await topology("down", SCENARIO).catch(() => {}); // report the first failure
    throw error;
  });
  await topology("down", SCENARIO);
  return report;
}

async function idleCost(): Promise<string> {
  await delay(SETTLE_SECONDS * 1000);
  const [scraped, alone]: [Shares[], Shares[]] = [[], []];
  for (let round = 0; round < IDLE_ROUNDS; round++) {
    scraped.push(await sharesOver(IDLE_SECONDS));
    await docker.getContainer(PROMETHEUS).pause();
    alone.push(await sharesOver(IDLE_SECONDS));
    await docker.getContainer(PROMETHEUS).unpause();
  }
  const names = [...(scraped[0] as Shares).keys()].sort();
  const shareOf = (rounds: Shares[], name: string) => median(rounds.map((shares) => shares.get(name) ?? 0));
  const costOf = (name: string) => shareOf(scraped, name) - (WATCHERS.includes(name) ? 0 : shareOf(alone, name));
  const total = names.reduce((sum, name) => sum + costOf(name), 0);
  const verdict = total <= COST_FLOOR ? "held" : "not held";
  const rows = [
    ...names.map((name) => [name, percent(costOf(name)), ""]),
    ["together", percent(total), `floor ${percent(COST_FLOOR)}: ${verdict}`],
  ];
  return [
    `watching an idle ${SCENARIO}, of one core (median of ${IDLE_ROUNDS} times ${IDLE_SECONDS} s, scraped less not scraped):`,
    columns(rows, { left: 1, indent: "  " }),
  ].join("\n");
}

type Shares = Map<string, number>;

/** The share of a core that each container takes, from Docker's accounting. */
async function sharesOver(seconds: number): Promise<Shares> {
  const containers = await docker.listContainers({ filters: { label: [`${SCENARIO_LABEL}=${SCENARIO}`] } });
  const read = async (id: string) => {
    const stats = await docker.getContainer(id).stats({ stream: false, "one-shot": true });
    return { at: performance.now(), cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9 };
  };
  const before = await Promise.all(containers.map(({ Id }) => read(Id)));
  await delay(seconds * 1000);
  const after = await Promise.all(containers.map(({ Id }) => read(Id)));
  return new Map(
    containers.map(({ Labels }, index) => {
      const [start, end] = [before[index], after[index]] as [(typeof before)[0], (typeof after)[0]];
      return [memberOf(Labels) ?? "", (end.cpuSeconds - start.cpuSeconds) / ((end.at - start.at) / 1000)];
    }),
  );
}

async function throughput(): Promise<string> {
  installMissing({ wrk: "wrk" });
  const directory = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  const root = join(directory, "site");
  await writeSite(root, 1);
  const load = ({ port }: Server, seconds: number) =>
    wrk({ url: `http://127.0.0.1:${port}/files/1KiB`, connections: 32, seconds, pipelined: 1 }, directory);
  /**
   * A fresh process each time, because two that run on differ by what the compiler happened to make
   * of them.
   */
  const contender = (name: string, options: string[]) => {
    const perCpuSecond: number[] = [];
    const measure = async () => {
      await using server = await startOurs(root, 8_321, options);
      const scraping = options.length > 0 ? setInterval(() => void scrape(), 1000) : undefined;
      await load(server, WARM_SECONDS);
      const before = server.cpuSeconds();
      const { perSecond: rate } = await load(server, LOAD_SECONDS).finally(() => clearInterval(scraping));
      perCpuSecond.push((rate * LOAD_SECONDS) / (server.cpuSeconds() - before));
      return rate;
    };
    return { name, measure, perCpuSecond };
  };
  try {
    const [off, on] = [
      contender("without metrics", []),
      contender("with metrics, scraped", ["--management-address", METRICS_ADDRESS]),
    ];
    const outcomes = await alternate([off, on], THROUGHPUT_ROUNDS);
    const [rateOff, rateOn] = outcomes.map(({ values }) => values) as [number[], number[]];
    // Other programs on the machine reduce the rate, and hardly the rate per second of the server's
    // own CPU.
    const ratio = ratioOf(rateOn, rateOff);
    const verdict = ratio >= THROUGHPUT_FLOOR ? "held" : "not held";
    const rows = [
      ...outcomes.map(({ name, median, min, max }) => {
        return [name, String(Math.round(median)), `(${Math.round(min)} to ${Math.round(max)})`];
      }),
      ["ratio within a round", ratio.toFixed(3), `floor ${THROUGHPUT_FLOOR}: ${verdict}`],
      ["per second of its CPU", ratioOf(on.perCpuSecond, off.perCpuSecond).toFixed(3), ""],
    ];
    return [
      `requests per second, keep-alive 1KiB (median of ${THROUGHPUT_ROUNDS} rounds):`,
      columns(rows, { indent: "  " }),
    ].join("\n");
  } finally {
    await rm(directory, { recursive: true });
  }
}

/**
 * The two of a round are close in time, so the median of their ratios is free of slow changes of
 * the machine.
 */
function ratioOf(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, round) => value / (bases[round] as number)));
}

async function scrape(): Promise<void> {
  // it may just have ended
  const response = await fetch(`http://${METRICS_ADDRESS}:${METRICS_PORT}/metrics`).catch(() => null);
  await response?.arrayBuffer();
}

async function topology(...words: string[]): Promise<void> {
  await run(process.execPath, ["bin/rttlab", "topology", ...words], { maxBuffer: 16e6 });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}
