// `npm run bench topology`: what bringing a testbed up costs beside `docker run` of the same containers one after another,
// and what an idle testbed takes. Ratios, not times: the floors are 1.0 x for up, 2 % of a core and 64 MB for a
// link, 90 MB for a host. Needs a machine with nothing else running, and no testbed up.

import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import type { ContainerSpec, Step } from "../topology/plan/step.ts";
import { alternate, type Outcome } from "./measure/rounds.ts";

const SCENARIO = "wan-100ms";
const ROUNDS = 5;
const IDLE_SECONDS = 20;

const run = promisify(execFile);
const docker = new Docker();

await main();

async function main(): Promise<void> {
  await topology("down", "all").catch(() => {});
  await topology("up", SCENARIO, "uncalibrated"); // builds the images, so that none of the rounds does
  const idle = await idleCost();
  const steps = await plannedSteps();
  await topology("down", SCENARIO);

  const outcomes = await alternate(
    [
      { name: "rttlab up", measure: () => timed(() => topology("up", SCENARIO, "uncalibrated"), down) },
      {
        name: "docker run, one after another",
        measure: () =>
          timed(
            () => dockerRun(steps, false),
            () => removeAll(steps),
          ),
      },
      {
        name: "docker run, each until it is ready",
        measure: () =>
          timed(
            () => dockerRun(steps, true),
            () => removeAll(steps),
          ),
      },
    ],
    ROUNDS,
  );
  process.stdout.write(`${report(outcomes)}\n\n${idle}\n`);
}

/** Seconds that the work took; `after` puts everything back, untimed. */
async function timed(work: () => Promise<unknown>, after: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  await after();
  return seconds;
}

async function topology(...words: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["bin/rttlab", "topology", ...words], { maxBuffer: 16e6 });
  return stdout;
}

const down = () => topology("down", SCENARIO);

/** The steps of an `up` from nothing, as `topology plan` gives them. */
async function plannedSteps(): Promise<Step[]> {
  await down();
  const { steps } = JSON.parse(await topology("plan", SCENARIO, "--json")) as { steps: Step[] };
  return steps;
}

/** What a person would type without rttlab: networks, then `docker run -d` for each container in turn. */
async function dockerRun(steps: Step[], untilReady: boolean): Promise<void> {
  for (const { action } of steps) {
    if (action.op === "create-network") {
      const { name, subnet, gateway, options } = action.network;
      const words = Object.entries(options).flatMap(([key, value]) => ["--opt", `${key}=${value}`]);
      await run("docker", ["network", "create", "--subnet", subnet, "--gateway", gateway, ...words, name]);
    }
    if (action.op === "create-container") {
      await run("docker", ["run", "-d", ...runWords(action.container)]);
      for (const { network, address } of action.container.attachments.slice(1)) {
        await run("docker", ["network", "connect", "--ip", address, network, action.container.name]);
      }
      if (untilReady) await ready(action.container.name);
    }
  }
}

function runWords(spec: ContainerSpec): string[] {
  const [first] = spec.attachments;
  const flag = (name: string, values: string[]) => values.flatMap((value) => [name, value]);
  const pairs = (object: Record<string, string>, mark: string) =>
    Object.entries(object).map(([key, value]) => key + mark + value);
  return [
    ...["--name", spec.name, "--hostname", spec.hostname, "--user", spec.user, "--read-only", "--cap-drop", "ALL"],
    ...["--network", first?.network ?? "", "--ip", first?.address ?? "", "--memory", String(spec.memoryBytes)],
    ...flag("--cap-add", spec.capabilities),
    ...flag("--env", pairs(spec.environment, "=")),
    ...flag("--add-host", pairs(spec.extraHosts, ":")),
    ...flag("--sysctl", pairs(spec.sysctls, "=")),
    ...flag("--tmpfs", pairs(spec.tmpfs, ":")),
    spec.image,
    ...spec.command,
  ];
}

async function ready(container: string): Promise<void> {
  const stream = (await docker
    .getContainer(container)
    .logs({ follow: true, stdout: true, stderr: true })) as import("node:stream").Readable;
  let text = "";
  for await (const chunk of stream) {
    text += chunk;
    if (text.includes('"event":"ready"')) return;
  }
}

async function removeAll(steps: Step[]): Promise<void> {
  const containers = steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container.name] : []));
  const networks = steps.flatMap(({ action }) => (action.op === "create-network" ? [action.network.name] : []));
  await run("docker", ["rm", "-f", ...containers]);
  await run("docker", ["network", "rm", ...networks]);
}

/** Processor share over a while and memory, per container, from Docker's own accounting. */
async function idleCost(): Promise<string> {
  const containers = await docker.listContainers({ filters: { label: [`rttlab.scenario=${SCENARIO}`] } });
  const before = await Promise.all(containers.map(({ Id }) => usage(Id)));
  const startedAt = performance.now();
  await delay(IDLE_SECONDS * 1000);
  const seconds = (performance.now() - startedAt) / 1000;
  const rows = await Promise.all(
    containers.map(async ({ Id, Labels }, index) => {
      const after = await usage(Id);
      const share = (after.cpuSeconds - (before[index]?.cpuSeconds ?? 0)) / seconds;
      const kind = Labels["rttlab.role"] === "link" ? "link (floor 2 %, 64 MB)" : "host (floor 90 MB)";
      return `  ${(Labels["rttlab.name"] ?? "").padEnd(10)} ${(share * 100).toFixed(2).padStart(6)} % of a core  ${(after.memoryBytes / 1e6).toFixed(1).padStart(6)} MB  ${kind}`;
    }),
  );
  return [`idle, over ${IDLE_SECONDS} s (memory without page cache):`, ...rows].join("\n");
}

async function usage(id: string): Promise<{ cpuSeconds: number; memoryBytes: number }> {
  const stats = await docker.getContainer(id).stats({ stream: false, "one-shot": true });
  const { usage: used, stats: detail } = stats.memory_stats;
  return {
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
    memoryBytes: used - (detail.total_inactive_file ?? detail.inactive_file ?? 0),
  };
}

function report(outcomes: Outcome[]): string {
  const own = outcomes[0]?.median ?? Number.NaN;
  const rows = outcomes.map(
    ({ name, median, min, max }) =>
      `  ${name.padEnd(36)} median ${median.toFixed(2)} s (${min.toFixed(2)} to ${max.toFixed(2)})  rttlab / this: ${(own / median).toFixed(2)} x`,
  );
  return [`up ${SCENARIO}, images built, calibration aside, ${ROUNDS} alternating rounds:`, ...rows].join("\n");
}
