// Faults of a scenario that runs as planned according to Docker, found by trying. Routes and
// offloads of each host with a network of its own are verified again (images/host/wire.sh), its
// service must not be stopped, and something must answer through each link. It takes one short
// command per host and one packet over each link, so it may run at any time.

import { pid } from "node:process";
import type { LinkState } from "../../lib/contract/link.ts";
import { RttlabError } from "../../lib/errors.ts";
import { DIRECTIONS, rttMillis } from "../../lib/link/link.ts";
import { queuePackets } from "../../lib/link/queues/table.ts";
import { PROOF } from "../plan/at-work.ts";
import { apparentFault } from "../plan/faults.ts";
import { outerContainerOf } from "../plan/host-options.ts";
import { belongingName, roleOf, wiringLabels, wiringName } from "../plan/names.ts";
import type { Fault, ObservedContainer } from "../plan/observed.ts";
import { placesOf } from "../plan/places.ts";
import { INTERVAL_MILLIS, patienceSeconds, type WiredHost, wayThrough } from "../plan/ways.ts";
import { HOST_ROLES, hostRoleNamed } from "../roles/table.ts";
import { removeContainer } from "./container.ts";
import type { Engine } from "./docker.ts";
import { executeHeard } from "./exec.ts";
import { runHelper } from "./helper.ts";
import { imageOf } from "./image-of.ts";
import { patienceMillis } from "./patience.ts";
import { requestService } from "./request.ts";
import { isStopped, STOPPED } from "./stopped.ts";
import { routesOf } from "./wiring.ts";

/** The status of each running link's agent; null for one that did not answer. */
export type LinkStates = ReadonlyMap<string, LinkState | null>;

export interface ExamineOptions {
  /** Whether hosts have just been wired or verified. */
  proven?: boolean;
  /** How long an answer may take; on an idle machine it takes about 0.1 s. */
  withinMillis: number;
}

/** Faults by the container's name. `ours`: every container of the scenario. */
export async function examine(
  engine: Engine,
  ours: readonly ObservedContainer[],
  asked: Promise<LinkStates> | LinkStates,
  { proven = false, withinMillis }: ExamineOptions,
): Promise<Map<string, Fault>> {
  const faults = new Map<string, Fault>();
  const whole = (roles: readonly string[]) =>
    ours.filter((one) => roles.includes(roleOf(one.labels) ?? "") && apparentFault(one, ours) === null);
  const [hosts, links] = [whole(HOST_ROLES), whole(["link"])];
  const isWithin = ({ labels }: ObservedContainer) => outerContainerOf(labels) !== undefined;
  const wired = hosts.filter((host) => !isWithin(host)).map((host) => wiredHost(host, ours));
  // One within another has no wiring of its own.
  const look = async ({ name, process }: ObservedContainer) => {
    if (process !== null && (await isStopped(engine, name, process.pid))) faults.set(name, STOPPED);
  };
  const prove = async (host: Wired) => {
    const fault = await (host.isProgram ? unprovenBeside(engine, host) : unprovenWiring(engine, host, withinMillis));
    if (fault !== null) faults.set(host.name, fault);
  };
  const [states] = await Promise.all([
    asked,
    ...(proven ? [] : [...wired.map(prove), ...hosts.filter(isWithin).map(look)]),
  ]);
  for (const { name } of links) {
    const fault = faultOfAgent(states.get(name) ?? null);
    if (fault !== null) faults.set(name, fault);
  }
  // A program of the user's own may have no ping beside it.
  const asking = wired.filter(({ name, isProgram }) => !faults.has(name) && !isProgram);
  const trusted = links.filter(({ name }) => !faults.has(name));
  const silent = await Promise.all(trusted.map((link) => silence(engine, link, asking, states, withinMillis)));
  trusted.forEach(({ name }, at) => {
    const found = silent[at] ?? null;
    // Behind a link that is known to be broken, nothing is known about the next.
    if (found !== null && (found.isDirect || !links.some((link) => faults.has(link.name))))
      faults.set(name, found.fault);
  });
  return faults;
}

interface Wired extends WiredHost, Pick<ObservedContainer, "labels" | "process"> {
  /** The arguments of images/host/wire.sh. */
  words: string[];
  /** Its image has the user's own program, and perhaps no other. */
  isProgram: boolean;
}

function wiredHost({ name, labels, process }: ObservedContainer, ours: readonly ObservedContainer[]): Wired {
  const [, ...words] = ours.find((helper) => helper.name === wiringName(name))?.command ?? [];
  const isProgram = hostRoleNamed(roleOf(labels) ?? "", {})?.image === null;
  return { name, labels, process, words, isProgram, places: placesOf(labels) ?? [], routes: routesOf(words) };
}

/** A stopped process is silent, and would accept connections that it never answers. */
const PROVE = `read -r _ _ state _ </proc/1/stat
if [ "$state" = T ]; then echo "its service is stopped" >&2; exit 99; fi
exec /rttlab/wire.sh prove "$@"`;
const STOPPED_STATUS = 99;

async function unprovenWiring(engine: Engine, { name, words }: Wired, withinMillis: number): Promise<Fault | null> {
  const tried = await attemptIn(engine, name, ["sh", "-c", PROVE, "sh", ...words], withinMillis);
  if (tried === null) return { kind: "unreachable", text: "no command in it comes to its end" };
  const { status, said } = tried;
  if (status === 0) return null;
  return { kind: status === STOPPED_STATUS ? "unreachable" : "unwired", text: said || `its wiring: exit ${status}` };
}

/** The same by a helper, for an image that has only its own program. */
async function unprovenBeside(engine: Engine, { name, labels, process, words }: Wired): Promise<Fault | null> {
  const helper = belongingName(name, `${PROOF}${pid}`);
  try {
    if (process !== null && (await isStopped(engine, name, process.pid))) return STOPPED;
    const image = await imageOf(engine, wiringName(name));
    const command = ["/rttlab/wire.sh", "prove", ...words];
    const place = { labels: wiringLabels(labels), capabilities: [], networkMode: `container:${name}` };
    const { status, output } = await runHelper(engine, { name: helper, image, command, ...place });
    return status === 0 ? null : { kind: "unwired", text: output.join("; ") || `its wiring: exit ${status}` };
  } catch (error) {
    if (error instanceof RttlabError && error.code === "E_DOCKER_UNAVAILABLE") throw error;
    return { kind: "unreachable", text: "nothing can look into its network" };
  } finally {
    await removeContainer(engine, helper);
  }
}

function faultOfAgent(state: LinkState | null): Fault | null {
  if (state === null) return { kind: "unreachable", text: "its agent does not answer" };
  const [lost] = state.detached;
  return lost === undefined
    ? null
    : { kind: "disconnected", text: `its interface on ${lost} was taken away; one that came since carries nothing` };
}

/**
 * Why a link carries nothing, or null if it does, if somebody measures it, or if nobody can know.
 */
async function silence(
  engine: Engine,
  link: ObservedContainer,
  hosts: readonly WiredHost[],
  states: LinkStates,
  withinMillis: number,
): Promise<Found | null> {
  const way = wayThrough(link, hosts);
  const state = states.get(link.name) ?? null;
  if (way === null || state === null || state.calibrating) return null;
  const passed = way.isDirect ? [state] : [...states.values()].filter((one) => one !== null);
  const idleSeconds = patienceSeconds(passed.map(({ settings }) => settings));
  if (idleSeconds === null) return null;
  const seconds = Math.ceil(patienceMillis(idleSeconds * 1000) / 1000);
  const silent = (words: string): Found => ({ fault: { kind: "silent", text: words }, isDirect: way.isDirect });
  const unanswered = await firstUnanswered(engine, way.from, way.to, seconds, withinMillis);
  if (unanswered === null) return null;
  const queue = await fullQueue(engine, link.name, state, withinMillis);
  if (queue === "full") return null;
  return silent(queue ?? `nothing comes back through it: ${unanswered} did not answer ${way.from} within ${seconds} s`);
}

interface Found {
  fault: Fault;
  isDirect: boolean;
}

async function firstUnanswered(
  engine: Engine,
  from: string,
  to: readonly string[],
  seconds: number,
  withinMillis: number,
): Promise<string | null> {
  const answers = to.map(async (address) => {
    const ping = ["ping", "-n", "-q", "-c", "1", "-i", `${INTERVAL_MILLIS / 1000}`, "-w", `${seconds}`, address];
    const tried = await attemptIn(engine, from, ping, seconds * 1000 + withinMillis);
    return tried?.status === 0 ? null : address;
  });
  return (await Promise.all(answers)).find((address) => address !== null) ?? null;
}

/**
 * `full`: silence means nothing if a queue drops nearly everything. Otherwise why the guest behind
 * the agent cannot answer, or null.
 */
async function fullQueue(
  engine: Engine,
  link: string,
  { settings }: LinkState,
  withinMillis: number,
): Promise<"full" | string | null> {
  try {
    const counters = await requestService(engine, link, "link.counters", {}, { withinMillis });
    const isFull = DIRECTIONS.some((side) => {
      const { rateBitsPerSecond, queue } = settings[side];
      if (rateBitsPerSecond === null) return false;
      const most = queuePackets(queue, { rateBitsPerSecond, rttMillis: rttMillis(settings) });
      return counters[side].queued.packets >= most / 2;
    });
    return isFull ? "full" : null;
  } catch (error) {
    return `nothing comes back through it, and it does not report its counters (${(error as Error).message})`;
  }
}

/** Null if the command does not end in time or cannot be started. */
async function attemptIn(engine: Engine, container: string, command: readonly string[], withinMillis: number) {
  try {
    return await executeHeard(engine, container, command, { signal: AbortSignal.timeout(withinMillis) });
  } catch (error) {
    if (error instanceof RttlabError && error.code === "E_DOCKER_UNAVAILABLE") throw error;
    return null;
  }
}
