// `npm run bench topology`: the cost of bringing a testbed up beside `docker run` of the same
// containers one after another, and the cost of an idle testbed. It prints ratios rather than
// times; the wanted floors are 1.0 x for up, 2 % of a core and 64 MB for a link, 90 MB for a host.
// Needs a machine with nothing else running and no testbed up.

import { execFile } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import type { StepTime } from "../topology/apply/run.ts";
import { wiringWords } from "../topology/apply/wiring.ts";
import { memberOf, roleOf, SCENARIO_LABEL } from "../topology/plan/names.ts";
import type { ContainerSpec, NetworkSpec, Step, WiringSpec } from "../topology/plan/step.ts";
import { alternate, type Outcome } from "./measure/rounds.ts";

const SCENARIO = "wan-100ms";
const ROUNDS = 5;
const IDLE_SECONDS = 20;

const run = promisify(execFile);
const docker = new Docker();

await runProgram(() => main());

async function main(): Promise<number> {
  await topology("down", SCENARIO).catch(() => {});
  // builds the images, so that no round does
  await topology("up", SCENARIO, "uncalibrated", "idle");
  const idle = await idleCost();
  const steps = await plannedSteps();

  const timedRun = (kind: Kind) =>
    timed(
      () => dockerRun(steps, kind),
      () => removeAll(steps),
    );
  let times: StepTime[] = [];
  const timedUp = async () => {
    times = JSON.parse(await topology("up", SCENARIO, "uncalibrated", "--json")).times;
  };
  const outcomes = await alternate(
    [
      { name: "rttlab up", measure: () => timed(timedUp, down) },
      { name: "docker run, every container", measure: () => timedRun("every container") },
      { name: "docker run, services only", measure: () => timedRun("services only") },
    ],
    ROUNDS,
  );
  await print(`${report(outcomes)}\n\n${whereTimeGoes(steps, times)}\n\n${idle}\n`);
  return EXIT.done;
}

/** Seconds that the work took; `after` restores everything, untimed. */
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

function down(): Promise<string> {
  return topology("down", SCENARIO);
}

/** The steps of an `up` from nothing, as `topology plan` prints them. */
async function plannedSteps(): Promise<Step[]> {
  await down();
  const { steps } = JSON.parse(await topology("plan", SCENARIO, "--json")) as { steps: Step[] };
  return steps;
}

/**
 * Only services: hosts then lack routes and keep their offloads. Every container: includes the
 * helpers that wire them.
 */
type Kind = "every container" | "services only";

/**
 * Does what a person would type without rttlab: the networks, then each container in turn as
 * `docker run -d` does, create and start. Further networks are connected in between, because an
 * engine takes one network at a time. Ends when all are ready.
 */
async function dockerRun(steps: Step[], kind: Kind): Promise<void> {
  const specs = containersOf(steps);
  for (const { name, subnet, gateway, options } of networksOf(steps)) {
    const words = Object.entries(options).flatMap(([key, value]) => ["--opt", `${key}=${value}`]);
    await run("docker", ["network", "create", "--subnet", subnet, "--gateway", gateway, ...words, name]);
  }
  for (const spec of specs) {
    await run("docker", ["create", ...runWords(spec)]);
    for (const { network, address } of spec.attachments.slice(1)) {
      await run("docker", ["network", "connect", "--ip", address, network, spec.name]);
    }
    await run("docker", ["start", spec.name]);
  }
  for (const wiring of kind === "every container" ? wiringsOf(steps) : []) {
    const rights = ["--user", "0", "--read-only", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN"];
    const place = ["--name", wiring.name, "--network", `container:${wiring.container}`, wiring.image];
    await run("docker", ["run", ...rights, ...place, "/rttlab/wire.sh", ...wiringWords(wiring)]);
  }
  await Promise.all(specs.map(ready));
}

function containersOf(steps: Step[]): ContainerSpec[] {
  return steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container] : []));
}

function wiringsOf(steps: Step[]): WiringSpec[] {
  return steps.flatMap(({ action }) => (action.op === "wire-host" ? [action.wiring] : []));
}

function networksOf(steps: Step[]): NetworkSpec[] {
  return steps.flatMap(({ action }) => (action.op === "create-network" ? [action.network] : []));
}

function runWords(spec: ContainerSpec): string[] {
  const [first] = spec.attachments;
  const flag = (name: string, values: string[]) => values.flatMap((value) => [name, value]);
  const pairs = (object: Record<string, string>, mark: string) =>
    Object.entries(object).map(([key, value]) => key + mark + value);
  const mounts = (spec.mounts ?? []).map(({ source, target, readOnly }) =>
    "volume" in source
      ? `type=volume,source=${source.volume},target=${target}`
      : `type=bind,source=${source.path},target=${target}${readOnly ? ",readonly" : ""}`,
  );
  return [
    ...["--name", spec.name, "--hostname", spec.hostname, "--user", spec.user, "--read-only", "--cap-drop", "ALL"],
    ...["--network", first?.network ?? "", "--ip", first?.address ?? "", "--memory", String(spec.memoryBytes)],
    ...(spec.seesMachineCgroups === true ? ["--cgroupns", "host"] : []),
    ...flag("--cap-add", spec.capabilities),
    ...flag("--env", pairs(spec.environment, "=")),
    ...flag("--add-host", pairs(spec.extraHosts, ":")),
    ...flag("--sysctl", pairs(spec.sysctls, "=")),
    ...flag("--tmpfs", pairs(spec.tmpfs, ":")),
    ...flag("--mount", mounts),
    ...flag(
      "--publish",
      spec.ports.map(({ containerPort, hostPort }) => `127.0.0.1:${hostPort}:${containerPort}`),
    ),
    spec.image,
    ...spec.command,
  ];
}

async function ready({ name, readyMessage = '"event":"ready"' }: ContainerSpec): Promise<void> {
  const log = (await docker.getContainer(name).logs({ follow: true, stdout: true, stderr: true })) as Readable;
  let text = "";
  for await (const chunk of log) {
    text += chunk;
    if (text.includes(readyMessage)) return;
  }
  throw new Error(`${name} ended before it was ready: ${text}`);
}

async function removeAll(steps: Step[]): Promise<void> {
  const specs = containersOf(steps);
  const volumes = specs.flatMap(({ mounts = [] }) =>
    mounts.flatMap(({ source }) => ("volume" in source ? [source.volume] : [])),
  );
  const helpers = wiringsOf(steps).map(({ name }) => name);
  // one by one, because an engine that takes several off a network at once may keep an endpoint
  for (const name of [...specs.map(({ name }) => name), ...helpers]) await run("docker", ["rm", "-f", name]);
  await run("docker", ["network", "rm", ...networksOf(steps).map(({ name }) => name)]);
  if (volumes.length > 0) await run("docker", ["volume", "rm", ...volumes]);
}

/** Processor share over a while and memory, per container, from Docker's own accounting. */
async function idleCost(): Promise<string> {
  const containers = await docker.listContainers({ filters: { label: [`${SCENARIO_LABEL}=${SCENARIO}`] } });
  const before = await Promise.all(containers.map(({ Id }) => usage(Id)));
  const startedAt = performance.now();
  await delay(IDLE_SECONDS * 1000);
  const seconds = (performance.now() - startedAt) / 1000;
  const rows = await Promise.all(
    containers.map(async ({ Id, Labels }, index) => {
      const after = await usage(Id);
      const share = (after.cpuSeconds - (before[index]?.cpuSeconds ?? 0)) / seconds;
      const kind = roleOf(Labels) === "link" ? "link (floor 2 %, 64 MB)" : "host (floor 90 MB)";
      const megabytes = (after.memoryBytes / 1e6).toFixed(1);
      return [memberOf(Labels) ?? "", `${(share * 100).toFixed(2)} % of a core`, `${megabytes} MB`, kind];
    }),
  );
  return [
    `idle, over ${IDLE_SECONDS} s (memory without the page cache of files: all containers share it, and it is charged to the first reader):`,
    columns(rows, { left: 1, indent: "  " }),
  ].join("\n");
}

async function usage(id: string): Promise<{ cpuSeconds: number; memoryBytes: number }> {
  const stats = await docker.getContainer(id).stats({ stream: false, "one-shot": true });
  const { usage: used, stats: detail } = stats.memory_stats;
  const { total_inactive_file, total_active_file, inactive_file, active_file } = detail;
  const fileBytes = (total_inactive_file ?? inactive_file ?? 0) + (total_active_file ?? active_file ?? 0);
  return {
    cpuSeconds: stats.cpu_stats.cpu_usage.total_usage / 1e9,
    memoryBytes: used - fileBytes,
  };
}

/**
 * By kind of step in the last `up`: when the first began and the last ended, and their times added
 * up.
 */
function whereTimeGoes(steps: Step[], times: StepTime[]): string {
  const opOf = new Map(steps.map(({ id, action }) => [id, action.op]));
  const rows = [...Map.groupBy(times, ({ id }) => opOf.get(id) ?? "")].map(([op, group]) => {
    const begun = Math.min(...group.map(({ begunMillis }) => begunMillis));
    const ended = Math.max(...group.map(({ begunMillis, millis }) => begunMillis + millis));
    const together = group.reduce((sum, { millis }) => sum + millis, 0);
    const seconds = (millis: number) => `${(millis / 1000).toFixed(2)} s`;
    return [
      op,
      String(group.length),
      `from ${seconds(begun)}`,
      `to ${seconds(ended)}`,
      `together ${seconds(together)}`,
      "",
    ];
  });
  return `where up's time goes, last round (steps overlap):\n${columns(rows, { left: 1, indent: "  " })}`;
}

function report(outcomes: Outcome[]): string {
  const own = outcomes[0]?.median ?? Number.NaN;
  const rows = outcomes.map(({ name, median, min, max }) => {
    const spread = `median ${median.toFixed(2)} s (${min.toFixed(2)} to ${max.toFixed(2)})`;
    return [name, spread, `rttlab / this: ${(own / median).toFixed(2)} x`];
  });
  const head = `up ${SCENARIO}, images built, calibration aside, ${ROUNDS} alternating rounds:`;
  return `${head}\n${columns(rows, { indent: "  " })}`;
}
