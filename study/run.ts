// Performs the runs of a study one after another: sets the cell, looks, measures, looks again,
// judges, and stores the run. The next run follows from the runs so far alone (next-run.ts), so the
// study may be stopped at any moment.

import type { Run, Saturated } from "../analysis/results.ts";
import { RttlabError } from "../lib/errors.ts";
import { hasChance, type LinkSettings } from "../lib/link/link.ts";
import { pictureOf } from "../topology/model/picture.ts";
import type { Host, Topology } from "../topology/model/topology.ts";
import { outermost } from "../topology/model/within.ts";
import { describeOptions } from "../topology/plan/host-options.ts";
import type { Bed } from "./bed.ts";
import { warmupSeconds } from "./duration.ts";
import { type CellSettings, linkSettingsOf, measuredHosts, readSettings, targetOf } from "./file/settings.ts";
import type { Study, StudyCell } from "./file/study.ts";
import { optionsOfCell } from "./hosts/options.ts";
import { tuningWords } from "./hosts/words.ts";
import { awaitIdle, idleFault } from "./idle.ts";
import { judge } from "./judge.ts";
import { measureAll, type Outcomes } from "./measure-all.ts";
import { type NextRun, nextRun } from "./next-run.ts";
import { runSeed } from "./order.ts";
import { linksBetween } from "./path.ts";
import { isAllCounted, perRequest } from "./per-request.ts";
import { pingIdle, pingSettled } from "./pings.ts";
import { settingsAfter, whileEventsPlay } from "./play-events.ts";
import { usableProcessors } from "./processors.ts";
import { accountOf } from "./progress.ts";
import type { Expectation, UseSight } from "./snapshot.ts";
import type { TcpCounts } from "./tcp-counts.ts";
import { type Traced, tracesIn, whileTraced } from "./traces/around.ts";
import { seenIn } from "./traces/seen.ts";
import { whileUsed } from "./while-used.ts";
import { whileCounted } from "./window-counts.ts";

export interface RunProgress {
  next: NextRun;
  runs: readonly Run[];
  /** The run that just ended; null during a run. */
  run: Run | null;
}

export interface RunOptions {
  /** Stores a run with its traces; the next one begins afterwards. */
  write(run: Run, traced: Traced | null): Promise<void>;
  onProgress(progress: RunProgress): void;
  signal: AbortSignal;
}

/**
 * Performs the remaining runs of a study. Resolves to all of its runs; throws E_CANCELLED when the
 * signal aborts, between or within runs.
 */
export async function runStudy(
  { study, topology, cells }: { study: Study; topology: Topology; cells: readonly StudyCell[] },
  bed: Bed,
  earlier: readonly Run[],
  { write, onProgress, signal }: RunOptions,
): Promise<Run[]> {
  const runs = [...earlier];
  const state: State = { links: new Map(), hosts: new Map(), options: new Map() };
  const tuned = tunedSettings(cells);
  const progressOf = accountOf(study, cells, new Date().toISOString());
  for (let next = nextRun(study, cells, runs); next !== null; next = nextRun(study, cells, runs)) {
    if (signal.aborted) throw new RttlabError("E_CANCELLED", `running ${study.name}: it was interrupted`);
    onProgress({ next, runs, run: null });
    // In parallel with setting the cell: it costs a run nothing, and a study continues without it.
    const reported = bed.report(progressOf(runs, next)).catch(() => {});
    const { run, traced } = await runCell({ study, topology, tuned, state, reported }, bed, next, runs.length, signal);
    if (run.voidReason !== null) forget(state);
    await write(run, traced);
    runs.push(run);
    onProgress({ next, runs, run });
  }
  return runs;
}

/**
 * The last settings of the testbed, so that only differences are set; a link's losses are drawn
 * anew each time.
 */
type State = Record<"links" | "hosts" | "options", Map<string, string>>;

/** The cause of a void run may have changed settings, so the next run sets all of them. */
function forget(state: State): void {
  for (const known of Object.values(state)) known.clear();
}

interface Context {
  study: Study;
  topology: Topology;
  tuned: ReadonlyMap<string, readonly string[]>;
  state: State;
  /** Settles when the testbed has the report of this run, or has failed to take it. */
  reported: Promise<void>;
}

async function runCell(
  context: Context,
  bed: Bed,
  next: NextRun,
  index: number,
  signal: AbortSignal,
): Promise<{ run: Run; traced: Traced | null }> {
  const { study, topology } = context;
  const { cell, block } = next;
  const seed = runSeed(study.seed, block, `${cell.id} ${next.attempt}`);
  const asked = askedOf(cell, topology);
  const startedAt = new Date().toISOString();
  const [links] = await Promise.all([setCell(context, bed, asked, seed), context.reported]);
  const { host } = asked.measure;
  const all = [{ ...asked.measure, name: "", afterMillis: 0 }, ...asked.beside];
  const target = targetOf(asked.measure, topology.hosts);
  const expected = expectationOf(context, asked, links, target);
  // A few pings take the machine next to nothing. They are through before the links are looked at.
  const ping = () => pingIdle(bed, host, target, expected);
  const [idleness, rttMeanwhile] = await Promise.all([awaitIdle(bed.lookAtUse), ping()]);
  const rttBefore = idleness.waitedSeconds > 0 ? await ping() : rttMeanwhile;
  const { before, measured, after, traced } = await whileTraced(
    bed,
    tracesIn(study, next),
    { index, cell: cell.id },
    {
      lookBefore: async () => ({ ...(await bed.look(target)), rttMillis: rttBefore }),
      measure: () =>
        whileUsed(bed, () =>
          attemptMeasure(async () => {
            const window = { host: target, warmupSeconds: isOverTcp(asked) ? warmupSeconds(cell) : 0 };
            const measure = () =>
              whileCounted(bed, window, () => measureAll(bed, all, study.maySaturate, seed, signal));
            const { measured, played } = await whileEventsPlay(bed, study.events, measure, signal);
            return { ...measured.measured, tcp: measured.tcp, played };
          }, signal),
        ),
      lookAfter: async () => {
        const rttAfter = await pingSettled(bed, host, target, expected);
        return { ...(await bed.look(target)), rttMillis: rttAfter };
      },
    },
  );
  // They are no longer as they were set.
  for (const { link } of study.events) context.state.links.delete(link);
  const { happened, from, to } = measured;
  const { faults, isGeneratorsOwn, spunSeconds, played, tcp, ...outcomes } =
    "error" in happened ? { ...NOTHING, faults: [happened.error] } : happened;
  const { voidReason, saturated, alsoSaturated, values, containers } = judge(
    { ...before, ...from, tcp: tcp ?? before.tcp },
    { ...after, ...to },
    expected,
    spunSeconds,
  );
  const reasons = [idleFault(idleness), ...faults, voidReason].filter((reason) => reason !== null);
  const run = {
    index,
    cell: cell.id,
    block,
    startedAt,
    voidReason: reasons.length === 0 ? null : reasons.join("; "),
    ...saturatedAt([saturated, ...alsoSaturated], isGeneratorsOwn),
    values: {
      ...values,
      ...idleness,
      windowSeconds: secondsBetween(from, to),
      ...outcomes.values,
      ...perRequest(values, outcomes.values, {
        isAll: isAllCounted(cell.settings),
        alsoAtServer: asked.beside.filter((one) => targetOf(one, topology.hosts) === target).map(({ name }) => name),
      }),
    },
    containers,
    histograms: outcomes.histograms,
    ...(study.events.length > 0 && { events: played }),
  };
  return { run: traced === null ? run : { ...run, ...seenIn(traced, pictureOf(topology)) }, traced };
}

/** `tcp`: the counts at the end of the warm-up; null: what counts begins with the run. */
type Happened = Outcomes & { played: NonNullable<Run["events"]>; tcp: TcpCounts | null };

const NOTHING: Happened = {
  values: {},
  histograms: {},
  faults: [],
  isGeneratorsOwn: false,
  spunSeconds: {},
  played: [],
  tcp: null,
};

/** A failed measurement makes a void run; an interrupted one makes none. */
async function attemptMeasure(
  measure: () => Promise<Happened>,
  signal: AbortSignal,
): Promise<Happened | { error: string }> {
  try {
    return await measure();
  } catch (error) {
    if (signal.aborted) throw new RttlabError("E_CANCELLED", "running a study: it was interrupted", { cause: error });
    return { error: (error as Error).message };
  }
}

async function setCell({ tuned, state, topology }: Context, bed: Bed, asked: CellSettings, seed: number) {
  const settings = new Map<string, LinkSettings>();
  const setLink = async (link: Topology["links"][number]) => {
    const { name } = link;
    const wanted = linkSettingsOf(link, asked.links, `seed=${seed}`);
    settings.set(name, wanted);
    const text = JSON.stringify(hasChance(wanted) ? wanted : { ...wanted, seed: null });
    if (state.links.get(name) === text) return;
    await bed.changeLink(name, wanted);
    state.links.set(name, text);
  };
  const tuneHost = async ([host, named]: readonly [string, readonly string[]]) => {
    const words = tuningWords(asked.hosts[host] ?? {}, named);
    if (words.length === 0 || state.hosts.get(host) === words.join(" ")) return;
    await bed.tuneHost(host, words);
    state.hosts.set(host, words.join(" "));
  };
  const changeServer = async (host: Host) => {
    const options = optionsOfCell(host, asked.hosts[host.name] ?? {}, tuned.get(host.name) ?? []);
    const text = describeOptions(options);
    if (text === "" || state.options.get(host.name) === text) return;
    await bed.changeServer(host.name, options);
    state.options.set(host.name, text);
  };
  // Servers that nothing asks stay as they are: pools that all start at once take the machine for
  // minutes.
  const measured = measuredHosts(asked, topology);
  const servers = topology.hosts.filter(({ name }) => measured.has(name));
  await Promise.all([...topology.links.map(setLink), ...[...tuned].map(tuneHost), ...servers.map(changeServer)]);
  return settings;
}

function askedOf(cell: StudyCell, topology: Topology): CellSettings {
  const { settings, problems } = readSettings(cell.settings, topology, (key) => key);
  if (settings === null) throw new RttlabError("E_BAD_STUDY", `setting ${cell.id}: refused`, { problems });
  return settings;
}

/** The settings of each host that any cell names; they have their usual value in the others. */
export function tunedSettings(cells: readonly StudyCell[]): ReadonlyMap<string, readonly string[]> {
  const keys = new Set(cells.flatMap(({ settings }) => Object.keys(settings)));
  const named = [...keys].flatMap((key) => {
    const [about, host = "", ...word] = key.split(".");
    return about === "host" ? [{ host, word: word.join(".") }] : [];
  });
  return new Map([...Map.groupBy(named, ({ host }) => host)].map(([host, all]) => [host, all.map(({ word }) => word)]));
}

function expectationOf(
  { study, topology, tuned }: Context,
  asked: CellSettings,
  links: ReadonlyMap<string, LinkSettings>,
  target: string,
): Expectation {
  const path = linksBetween(topology, asked.measure.host, target);
  const outerOf = new Map(topology.hosts.map((host) => [host.name, outermost(host)]));
  return {
    generator: asked.measure.host,
    server: target,
    beside: asked.beside.map((measurement) => ({
      generator: measurement.host,
      server: targetOf(measurement, topology.hosts),
    })),
    outermost: (host) => outerOf.get(host) ?? host,
    processorsOf: usableProcessors(asked, topology, tuned),
    path: path.map(({ name, outward }) => {
      const settings = links.get(name) as LinkSettings;
      return { name, outward, settings, settingsAfter: settingsAfter(study.events, name, settings) };
    }),
    isOverTcp: isOverTcp(asked),
    mayDrop: study.mayDrop,
    maySaturate: study.maySaturate,
  };
}

function isOverTcp({ measure }: CellSettings): boolean {
  return measure.kind.role !== "rudp";
}

/** A generator is, too, whose own result says so. */
function saturatedAt(judged: readonly Saturated[], isGeneratorsOwn: boolean): Pick<Run, "saturated" | "alsoSaturated"> {
  const places = new Set<Saturated>([...judged, ...(isGeneratorsOwn ? ["generator" as const] : [])]);
  if (places.size > 1) places.delete("none");
  const [saturated = "none", ...alsoSaturated] = places;
  return { saturated, ...(alsoSaturated.length > 0 && { alsoSaturated }) };
}

function secondsBetween(before: UseSight, after: UseSight): number {
  return (after.atMillis - before.atMillis) / 1000;
}
