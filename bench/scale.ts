// `npm run bench scale`: testbeds of 2, 10, 30 and 60 hosts, five to a network in a chain of links:
// seconds of `up` and `down`, memory, the processor time of the idle whole and of a link in it, and
// how many links calibration finds within their tolerances. Time should grow no faster than the
// hosts. Words choose sizes: `npm run bench scale 2 10`. Needs a machine with nothing else running
// and no testbed up.

import { setTimeout as delay } from "node:timers/promises";
import { columns } from "../lib/columns.ts";
import type { LinkCalibration } from "../lib/contract/calibration.ts";
import { EXIT, RttlabError } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { connectDocker } from "../topology/apply/docker.ts";
import { parseScenario } from "../topology/model/scenario.ts";
import type { Topology } from "../topology/model/topology.ts";
import { calibrateLinks } from "../topology/testbed/calibrate.ts";
import { readUsage, type Testbed } from "../topology/testbed/testbed.ts";
import { useTestbed } from "../topology/testbed/use.ts";

const SIZES = [2, 10, 30, 60];
const HOSTS_EACH = 5;
const IDLE_SECONDS = 20;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const sizes = words.length > 0 ? words.map(Number) : SIZES;
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) {
    throw new RttlabError("E_USAGE", `bench scale ${words.join(" ")}: sizes are numbers of hosts`);
  }
  const rows: string[][] = [];
  for (const size of sizes) {
    const row = await rowOf(size);
    process.stderr.write(`${row.join("  ")}\n`);
    rows.push(row);
  }
  const heads = ["hosts", "links", "up", "by host", "down", "memory", "idle", "a link of it", "links within"];
  await print(`${columns([heads, ...rows], { left: 0, indent: "  " })}\n`);
  return EXIT.done;
}

async function rowOf(hosts: number): Promise<string[]> {
  const engine = await connectDocker();
  const topology = parseScenario("scale", chainOf(hosts));
  // Images and their trial are made by a first time, which does not count.
  await (await useTestbed(engine, topology, { background: false }))[Symbol.asyncDispose]();
  const began = performance.now();
  const testbed = await useTestbed(engine, topology, { background: false });
  const upSeconds = (performance.now() - began) / 1000;
  const measuring = measure(testbed, topology);
  await measuring.catch(() => {}); // it is taken down all the same
  const downFrom = performance.now();
  await testbed[Symbol.asyncDispose]();
  const downSeconds = (performance.now() - downFrom) / 1000;
  const times = [`${upSeconds.toFixed(1)} s`, `${(upSeconds / hosts).toFixed(2)} s`, `${downSeconds.toFixed(1)} s`];
  return [String(hosts), String(topology.links.length), ...times, ...(await measuring)];
}

/** Memory, the processor time of the idle whole and of a link of it, and what calibration finds. */
async function measure(testbed: Testbed, topology: Topology): Promise<string[]> {
  const before = await readUsage(testbed);
  await delay(IDLE_SECONDS * 1000);
  const after = await readUsage(testbed);
  const links = topology.links.map(({ name }) => name);
  const cpuOf = ({ containers }: typeof after, isCounted: (name: string) => boolean) =>
    containers.reduce((sum, { host, usage }) => sum + (isCounted(host) ? (usage?.cpuSeconds ?? 0) : 0), 0);
  const shareOf = (isCounted: (name: string) => boolean) =>
    (cpuOf(after, isCounted) - cpuOf(before, isCounted)) / ((after.atMillis - before.atMillis) / 1000);
  const memory = after.containers.reduce((sum, { usage }) => sum + (usage?.memoryBytes ?? 0), 0);
  const { calibrations } = await calibrateLinks(testbed.engine, topology.name, [], () => {});
  return [
    `${(memory / 1e6).toFixed(0)} MB`,
    `${(shareOf(() => true) * 100).toFixed(1)} % of a core`,
    `${((shareOf((name) => links.includes(name)) / links.length) * 100).toFixed(2)} %`,
    judgedOf(calibrations),
  ];
}

/** How many links have no check outside, and how many checks of what is configured say nothing. */
function judgedOf(calibrations: readonly LinkCalibration[]): string {
  const within = calibrations.filter(({ verdict }) => verdict === "within").length;
  const unjudged = calibrations
    .flatMap(({ checks, forward, backward }) => [...checks, ...forward.checks, ...backward.checks])
    .filter(({ verdict, configured }) => verdict === "unjudged" && configured !== null).length;
  return `${within}, ${unjudged} checks unjudged`;
}

/** A server, and load generators behind it. Two networks at least, so that there is a link. */
function chainOf(hosts: number): string {
  const count = Math.max(2, Math.ceil(hosts / HOSTS_EACH));
  const networks = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  const named = Array.from({ length: hosts }, (_, at) => {
    const role = at === 0 ? "server" : "loadgen";
    return `  h${at + 1}: {role: ${role}, on: ${networks[at % count]}}`;
  });
  const links = networks.slice(1).map((name, at) => {
    return `  l${at + 1}: {between: [${networks[at]}, ${name}], delay: 1ms, rate: 50mbit, queue: 100packets}`;
  });
  return [
    `title: ${hosts} hosts in a chain`,
    `networks: {${networks.map((name) => `${name}: {}`).join(", ")}}`,
    "hosts:",
    ...named,
    "links:",
    ...links,
    "",
  ].join("\n");
}
