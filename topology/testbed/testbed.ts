// A running testbed for programs: change links, make requests to services, read traffic and
// processor times.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { EventOf, Operation, RequestOf, ResultOf } from "../../lib/contract/contract.ts";
import type { LinkInspection } from "../../lib/contract/link.ts";
import type { StudyProgress } from "../../lib/contract/study-progress.ts";
import type { UsageReading } from "../../lib/contract/usage.ts";
import { RttlabError } from "../../lib/errors.ts";
import type { LinkChange, LinkSettings } from "../../lib/link/link.ts";
import { shellWord } from "../../lib/shell-word.ts";
import type { Engine } from "../apply/docker.ts";
import { execute } from "../apply/exec.ts";
import type { HostShells } from "../apply/host-shells.ts";
import { imageOf, imageWithDigest } from "../apply/image-of.ts";
import { patienceMillis } from "../apply/patience.ts";
import type { Relays } from "../apply/relay.ts";
import { type RequestOptions, requestService } from "../apply/request.ts";
import { startTuning, tune } from "../apply/tuning.ts";
import { describeOptions } from "../plan/host-options.ts";
import { belongingName, dockerName, labelsOf, watcherName, wiringName } from "../plan/names.ts";
import type { Options } from "../roles/options.ts";

export interface Testbed {
  engine: Engine;
  scenario: string;
  /**
   * Where there are any, requests go through them, which costs the machine less
   * (topology/apply/relay.ts).
   */
  relays?: Relays;
}

/** One request to the service in a host or link. Rejects with the service's error. */
export function request<Op extends Operation>(
  testbed: Testbed,
  member: string,
  operation: Op,
  asked: RequestOf<Op>,
  options?: RequestOptions<EventOf<Op>>,
): Promise<ResultOf<Op>> {
  return requestContainer(testbed, dockerName(testbed.scenario, member), operation, asked, options);
}

function requestContainer<Op extends Operation>(
  { engine, relays }: Testbed,
  container: string,
  operation: Op,
  asked: RequestOf<Op>,
  options?: RequestOptions<EventOf<Op>>,
): Promise<ResultOf<Op>> {
  if (relays !== undefined) return relays.request(container, operation, asked, options);
  return requestService(engine, container, operation, asked, options);
}

/** Makes a change to a link in its agent's turn; resolves to the settings in force then. */
export async function changeLink(testbed: Testbed, link: string, change: LinkChange): Promise<LinkSettings> {
  return (await request(testbed, link, "link.set", { change })).settings;
}

/** Counters of a link, the settings that it holds, and how the kernel's qdiscs differ from them. */
export function inspectLink(testbed: Testbed, link: string): Promise<LinkInspection> {
  return request(testbed, link, "link.inspect", {});
}

/** Longer than a server takes on an idle machine to write its site and to start 1024 threads. */
const STARTS_WITHIN_MILLIS = 60_000;
const ASKS_EVERY_MILLIS = 100;

/**
 * Starts a server anew with other options, in its container; resolves when it serves with them.
 * Throws E_NOT_READY.
 */
export async function changeServer(testbed: Testbed, host: string, options: Options): Promise<void> {
  const isSo = (held: Options) => Object.entries(options).every(([name, text]) => held[name] === text);
  const held = () => request(testbed, host, "server.status", {}).then(({ options: held }) => held);
  if (isSo(await held())) return;
  await request(testbed, host, "server.set", { options });
  let silence: unknown;
  for (const deadline = Date.now() + patienceMillis(STARTS_WITHIN_MILLIS); Date.now() < deadline; ) {
    await delay(ASKS_EVERY_MILLIS);
    // Nobody listens while it starts.
    const [now] = await Promise.allSettled([held()]);
    if (now.status === "fulfilled" && isSo(now.value)) return;
    silence = now.status === "rejected" ? now.reason : undefined;
  }
  const reason = silence === undefined ? "it serves otherwise" : "it does not answer";
  throw new RttlabError("E_NOT_READY", `changing ${host} to ${describeOptions(options)}: ${reason}`, {
    cause: silence,
  });
}

export function readUsage(testbed: Testbed): Promise<UsageReading> {
  return requestContainer(testbed, watcherName(testbed.scenario, "usage"), "usage.read", {});
}

/** The images that these hosts and links were made from: digests by tag. */
export async function imagesOf(
  { engine, scenario }: Testbed,
  members: readonly string[],
): Promise<Map<string, string>> {
  const images = await Promise.all(members.map((member) => imageWithDigest(engine, dockerName(scenario, member))));
  return new Map(images.map(({ tag, digest }) => [tag, digest]));
}

/** Says how far a study is to `usage`, which exports it. */
export async function reportProgress(testbed: Testbed, progress: StudyProgress | null): Promise<void> {
  await requestContainer(testbed, watcherName(testbed.scenario, "usage"), "usage.study", { progress });
}

const PING_WITHIN_SECONDS = 5;

/**
 * The least round trip of a few pings by a host's own ping; null if none returned in time. At least
 * three go out within `overMillis`, and one each 50 ms. `run` runs a command in the host.
 */
export async function leastRttMillis(
  run: (command: readonly string[]) => Promise<string>,
  to: string,
  overMillis: number,
): Promise<number | null> {
  const intervals = Math.max(2, Math.ceil(overMillis / 50));
  const pace = ["-c", `${intervals + 1}`, "-i", `${overMillis / intervals / 1000}`, "-W", `${PING_WITHIN_SECONDS}`];
  // ping fails where an answer is missing
  const said = await run(["eval", `${["ping", "-n", "-q", ...pace, to].map(shellWord).join(" ")} || :`]);
  const [, least] = /= ([\d.]+)\//.exec(said) ?? [];
  return least === undefined ? null : Number(least);
}

/**
 * Makes a host's kernel settings changeable until the testbed is taken down
 * (topology/apply/tuning.ts).
 */
export async function openTuning(
  { engine, scenario, shells }: Testbed & { shells: HostShells },
  host: string,
): Promise<(words: readonly string[]) => Promise<void>> {
  const container = dockerName(scenario, host);
  const name = belongingName(container, "tuning");
  // A host's own image need not have what tunes it; the image that wired it has.
  const image = await imageOf(engine, wiringName(container));
  await startTuning(engine, { name, container, image, labels: labelsOf(scenario, "tuning", host) });
  return (words) => tune(shells, name, words);
}

/** Output of a command in the host's container; throws E_EXEC with its errors if it fails. */
export async function printed(
  { engine, scenario }: Testbed,
  host: string,
  command: readonly string[],
): Promise<string> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const [lines, complaints] = [text(output), text(errors)];
  const status = await execute(engine, dockerName(scenario, host), command, { output, errors });
  output.end();
  errors.end();
  if (status === 0) return lines;
  const reason = (await complaints).trim() || "it printed no error";
  throw new RttlabError("E_EXEC", `running ${command[0]} in ${host}: exit ${status}: ${reason}`);
}
