// Runs a study on its testbed, from bringing it up to the report: writes each run down, and the
// report so far beside it.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReportState } from "../analysis/report/document.ts";
import { makeReport } from "../analysis/report/report.ts";
import { describeResumption } from "../analysis/report/resumption.ts";
import type { Manifest, Run } from "../analysis/results.ts";
import type { LinkCalibration } from "../lib/contract/calibration.ts";
import { interruptible } from "../lib/interruptible.ts";
import { connectDocker } from "../topology/apply/docker.ts";
import { openHostShells } from "../topology/apply/host-shells.ts";
import { openRelays } from "../topology/apply/relay.ts";
import { refuseViolations } from "../topology/calibrate/report.ts";
import type { Topology } from "../topology/model/topology.ts";
import { dockerName } from "../topology/plan/names.ts";
import type { Step } from "../topology/plan/step.ts";
import { bringUp } from "../topology/testbed/bring-up.ts";
import { calibrateLinks, refuseChanges } from "../topology/testbed/calibrate.ts";
import type { Progress } from "../topology/testbed/progress.ts";
import type { Testbed } from "../topology/testbed/testbed.ts";
import { takeStudyTurn } from "../topology/testbed/turns.ts";
import type { Bed } from "./bed.ts";
import { connectBed } from "./connect-bed.ts";
import { readEnvironment } from "./environment.ts";
import type { StudyCell } from "./file/study.ts";
import type { LoadedStudy } from "./files.ts";
import { optionsOfCell } from "./hosts/options.ts";
import { tuningWords } from "./hosts/words.ts";
import { readKernelRecord } from "./kernel-record.ts";
import { refuseLeftOver } from "./machine-settings.ts";
import { manifestOf, resumedManifest, resumptionOf, uncalibratedLinks } from "./manifest.ts";
import { appendRun, createResults, readResults, recordKernel, refuseTaken, writeManifest } from "./results/store.ts";
import { writeWhole } from "./results/whole.ts";
import { type RunProgress, runStudy, tunedSettings } from "./run.ts";

export interface ExecuteOptions {
  folder: string;
  command: string;
  /** Measure the links first; a study stands on links that are as configured. */
  calibrate: boolean;
  progress: Progress;
  onRun(progress: RunProgress): void;
}

/**
 * Between reports of a study that goes on. The next run waits for one, for drawing takes a
 * processor that measuring needs.
 */
const REPORT_EVERY_MILLIS = 60_000;

/**
 * Runs a study from its beginning. Resolves to its runs; whatever ends it early, those that were
 * whole are in the folder.
 */
export async function executeStudy(
  loaded: LoadedStudy,
  cells: readonly StudyCell[],
  options: ExecuteOptions,
): Promise<Run[]> {
  await refuseTaken(options.folder);
  return onTestbed(loaded, options, async (testbed) => {
    const links = options.calibrate ? loaded.topology.links.map(({ name }) => name) : [];
    const calibrations = await calibrated(testbed, links, options.progress);
    const { record, environment } = await lookAround(testbed, loaded, cells);
    const startedAt = new Date().toISOString();
    const manifest = {
      ...manifestOf(loaded.study, cells, { environment, startedAt, command: options.command }),
      source: loaded.source,
      ...(Object.keys(loaded.files).length > 0 && { files: loaded.files }),
      scenario: loaded.scenario,
      calibrations,
    };
    await createResults(options.folder, manifest);
    await recordKernel(options.folder, "before", record);
    return finish(testbed, loaded, cells, { manifest, earlier: [] }, options);
  });
}

/**
 * Goes on with a study whose folder holds some of its runs. Links that are new since, such as after
 * a crash of Docker, are measured as those were before its first run.
 */
export async function resumeStudy(
  loaded: LoadedStudy,
  cells: readonly StudyCell[],
  options: ExecuteOptions,
): Promise<Run[]> {
  const { manifest: first, runs } = await readResults(options.folder, { mend: true });
  const before = first.calibrations ?? [];
  return onTestbed(loaded, options, async (testbed, newLinks) => {
    const links = before.length > 0 ? uncalibratedLinks(first, newLinks) : [];
    // The next resumption knows them, should this one end before they are calibrated; those of a
    // bring-up that ends early it does not know.
    if (links.length > 0) await writeManifest(options.folder, { ...first, uncalibrated: links });
    const calibrations = await calibrated(testbed, links, options.progress);
    const { record, environment } = await lookAround(testbed, loaded, cells);
    const resumption = resumptionOf(first, environment, { at: new Date().toISOString(), fromRun: runs.length });
    options.progress(describeResumption(resumption), true);
    const manifest = { ...resumedManifest(first, resumption), calibrations: [...before, ...calibrations] };
    await writeManifest(options.folder, manifest);
    await recordKernel(options.folder, `before-${runs.length}`, record);
    return finish(testbed, loaded, cells, { manifest, earlier: runs }, options);
  });
}

/**
 * Brings the scenario up without background load, and keeps others from studying on it meanwhile.
 */
async function onTestbed(
  { topology, study }: LoadedStudy,
  { progress }: ExecuteOptions,
  work: (testbed: Testbed, newLinks: string[]) => Promise<Run[]>,
): Promise<Run[]> {
  const engine = await connectDocker();
  const turn = await takeStudyTurn(engine, topology.name, progress);
  try {
    progress(`${study.name}: bringing ${topology.name} up`);
    const { steps } = await bringUp(engine, topology, { background: false, forStudy: true }, progress);
    return await work({ engine, scenario: topology.name }, linksMadeBy(steps, topology));
  } finally {
    turn.pass();
  }
}

/** The circumstances of the runs to come. Throws E_STUDY_MACHINE if they are not as usual. */
async function lookAround(testbed: Testbed, { topology }: LoadedStudy, cells: readonly StudyCell[]) {
  const record = await readKernelRecord(testbed, topology);
  const environment = await readEnvironment(testbed, topology, record);
  refuseLeftOver(environment, tunedSettings(cells));
  return { record, environment };
}

/** The links that bringing up has made. */
function linksMadeBy(steps: readonly Step[], { name: scenario, links }: Topology): string[] {
  const made = steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container.name] : []));
  return links.flatMap(({ name }) => (made.includes(dockerName(scenario, name)) ? [name] : []));
}

async function calibrated(
  { engine, scenario }: Testbed,
  links: readonly string[],
  progress: Progress,
): Promise<LinkCalibration[]> {
  if (links.length === 0) return [];
  const { calibrations, changed } = await calibrateLinks(engine, scenario, links, progress);
  refuseViolations(calibrations);
  refuseChanges(changed);
  return calibrations;
}

/** The results when runs begin: a resumed study has some of its runs. */
interface Begun {
  manifest: Manifest;
  earlier: readonly Run[];
}

async function finish(
  testbed: Testbed,
  { study, topology }: LoadedStudy,
  cells: readonly StudyCell[],
  { manifest, earlier }: Begun,
  options: ExecuteOptions,
): Promise<Run[]> {
  const tuned = tunedSettings(cells);
  const withKernel = [...tuned].filter(([, named]) => tuningWords({}, named).length > 0).map(([host]) => host);
  await using relays = openRelays(testbed.engine);
  await using shells = openHostShells(testbed.engine);
  const bed = await connectBed(
    { ...testbed, relays, shells },
    topology.links.map(({ name }) => name),
    { tuned: withKernel, traced: study.traces?.tcp ?? [], anyHost: topology.hosts[0]?.name ?? "" },
  );
  try {
    return await interruptible((signal) =>
      performRuns(bed, { study, topology, cells }, manifest, earlier, { ...options, signal }),
    );
  } finally {
    await readKernelRecord(testbed, topology)
      .then((last) => recordKernel(options.folder, "after", last))
      .catch(() => {});
    await bed.report(null).catch(() => {});
    for (const host of withKernel) await bed.tuneHost(host, tuningWords({}, tuned.get(host) ?? [])).catch(() => {});
    for (const host of topology.hosts) {
      const options = optionsOfCell(host, {}, tuned.get(host.name) ?? []);
      if (Object.keys(options).length > 0) await bed.changeServer(host.name, options).catch(() => {});
    }
  }
}

/**
 * With a report so far, which at last says whether all runs are there. Before them Ctrl-C ends the
 * process, as it does any bring-up; from here on it ends the runs.
 */
async function performRuns(
  bed: Bed,
  whole: Parameters<typeof runStudy>[0],
  manifest: Manifest,
  earlier: readonly Run[],
  { folder, progress, onRun, signal }: ExecuteOptions & { signal: AbortSignal },
): Promise<Run[]> {
  let reportedAt = Date.now();
  const soFar = [...earlier];
  progress(`the report so far, which renews itself: ${await writeReport(folder, manifest, earlier, "running")}`);
  try {
    const runs = await runStudy(whole, bed, earlier, {
      async write(run, traced) {
        await appendRun(folder, run, traced);
        soFar.push(run);
        if (Date.now() - reportedAt < REPORT_EVERY_MILLIS) return;
        // the last one is written, or fails, aloud
        await writeReport(folder, manifest, soFar, "running").catch(() => {});
        reportedAt = Date.now();
      },
      onProgress: onRun,
      signal,
    });
    await writeReport(folder, manifest, runs, "whole");
    return runs;
  } catch (error) {
    await writeReport(folder, manifest, soFar, "stopped").catch(() => {});
    throw error;
  }
}

/** Writes the files of a report into the results folder; resolves to the path of the page. */
export async function writeReport(
  folder: string,
  manifest: Manifest,
  runs: readonly Run[],
  state: ReportState,
): Promise<string> {
  const { files } = await makeReport(manifest, runs, { state });
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeWhole(join(folder, path), content);
  }
  return join(folder, "report.html");
}
