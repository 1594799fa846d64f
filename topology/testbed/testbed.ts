// A testbed that is up, as programs use it: its links change, its services are asked, its traffic and processors are read.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { RttlabError } from "../../lib/errors.ts";
import type { DirectionName, LinkChange, LinkSettings } from "../../lib/link/link.ts";
import { imageOf } from "../apply/container.ts";
import type { Engine } from "../apply/docker.ts";
import { execute, type RequestOptions, requestService } from "../apply/exec.ts";
import { startTuning, tune } from "../apply/tuning.ts";
import { dockerName, labelsOf, watcherName } from "../plan/names.ts";

export interface Testbed {
  engine: Engine;
  scenario: string;
}

/** Frames or packets of one direction of a link; docs/link.md has the account that they make. */
export interface DirectionReading {
  received: { packets: number };
  sent: { packets: number };
  missed: number;
  lost: number;
  dropped: number;
  propagating: { packets: number };
  queued: { packets: number };
}

/** What the machine and its containers have taken since their start. */
export interface UsageReading {
  atMillis: number;
  machine: { cores: number; busySeconds: number; softirqSeconds: number };
  containers: { host: string; usage: { cpuSeconds: number; memoryBytes: number } | null }[];
}

/** One request of the service in a host or link. Rejects as the service says. */
export async function request(
  { engine, scenario }: Testbed,
  member: string,
  asked: { op: string } & Record<string, unknown>,
  options?: RequestOptions,
): Promise<Record<string, unknown>> {
  return requestService(engine, dockerName(scenario, member), asked, options);
}

/** Makes a change to a link in its agent's turn; resolves to the settings in force then. */
export async function changeLink(testbed: Testbed, link: string, change: LinkChange): Promise<LinkSettings> {
  return (await request(testbed, link, { op: "set", change })).settings as LinkSettings;
}

export async function readCounters(
  testbed: Testbed,
  link: string,
): Promise<Readonly<Record<DirectionName, DirectionReading>>> {
  return (await request(testbed, link, { op: "counters" })) as unknown as Record<DirectionName, DirectionReading>;
}

export async function readUsage({ engine, scenario }: Testbed): Promise<UsageReading> {
  const read = await requestService(engine, watcherName(scenario, "usage"), { op: "read" });
  return read as unknown as UsageReading;
}

/** The least round trip of a few pings, by the host's own ping; null when none came back in time. */
export async function leastRttMillis(
  { engine, scenario }: Testbed,
  from: string,
  to: string,
  { count = 3, withinSeconds = 5 } = {},
): Promise<number | null> {
  const output = new PassThrough();
  const printed = text(output);
  const words = ["ping", "-n", "-q", "-c", String(count), "-i", "0.05", "-W", String(withinSeconds), to];
  await execute(engine, dockerName(scenario, from), words, { output });
  output.end();
  const [, least] = /= ([\d.]+)\//.exec(await printed) ?? [];
  return least === undefined ? null : Number(least);
}

/** Makes a host's kernel settings changeable until the testbed is taken down (topology/apply/tuning.ts). */
export async function openTuning(
  { engine, scenario }: Testbed,
  host: string,
): Promise<(words: readonly string[]) => Promise<void>> {
  const container = dockerName(scenario, host);
  const name = `${container}.tuning`;
  const image = await imageOf(engine, container);
  await startTuning(engine, { name, container, image, labels: labelsOf(scenario, "tuning", host) });
  return (words) => tune(engine, name, words);
}

/** What the host's container prints; E_EXEC when the command exits other than 0. */
export async function printed(
  { engine, scenario }: Testbed,
  host: string,
  command: readonly string[],
): Promise<string> {
  const output = new PassThrough();
  const said = text(output);
  const status = await execute(engine, dockerName(scenario, host), command, { output });
  output.end();
  if (status !== 0) throw new RttlabError("E_EXEC", `running ${command[0]} in ${host}: exit ${status}`);
  return said;
}
