// `topology up SCENARIO [idle] [uncalibrated]`: plan, perform, measure every link, say where to look.
// What fails leaves a state that `up` completes and `down` removes; nothing has to be known of how far it came.
// Several at once take turns: those of one scenario altogether, those of different ones until their networks are made.

import { EXIT, RttlabError } from "../../lib/errors.ts";
import { connectDocker, type Engine } from "../apply/docker.ts";
import { removeOldImages } from "../apply/images.ts";
import { observeTestbeds } from "../apply/observe.ts";
import type { StepTime } from "../apply/run.ts";
import { takeTurn } from "../apply/turn.ts";
import { refuseViolations } from "../calibrate/report.ts";
import type { Topology } from "../model/topology.ts";
import type { BackendName } from "../plan/observed.ts";
import { planUp } from "../plan/plan.ts";
import type { ImageName, Plan } from "../plan/step.ts";
import { downLine, lastingWord, upLine } from "./advice.ts";
import { calibrateLinks, describeCalibrations, refuseChanges } from "./calibrate.ts";
import { observeFor, tryMachine } from "./observe.ts";
import type { Output } from "./output.ts";
import { perform } from "./perform.ts";
import { readScenarioWord } from "./scenario-word.ts";
import { describeStatus, readStatus, type Status } from "./status.ts";
import { takeScenarioTurn } from "./turns.ts";

const UNCALIBRATED = "uncalibrated";
/** Load generators run no background load. */
const IDLE = "idle";

export async function up([scenario = "", ...words]: string[], output: Output): Promise<number> {
  const unknown = words.filter((word) => word !== UNCALIBRATED && word !== IDLE);
  if (unknown.length > 0) {
    const message = `up ${scenario} ${words.join(" ")}: only ${IDLE} and ${UNCALIBRATED} may follow the scenario`;
    throw new RttlabError("E_USAGE", message);
  }
  const topology = await readScenarioWord(scenario);
  const { name } = topology;
  const engine = await connectDocker();
  const backend = await tryMachine(engine, true, output);
  const turn = await takeScenarioTurn(engine, name, output);
  const background = !words.includes(IDLE);
  const { steps, warnings, times, imageTags } = await bringUp(
    engine,
    topology,
    { backend, background },
    output,
  ).finally(turn.pass);
  await removeOldImages(engine, Object.values(imageTags));
  const measured = words.includes(UNCALIBRATED) ? null : await calibrateLinks(engine, name, [], output);
  const calibrations = measured?.calibrations ?? null;
  const status = await readStatus(engine, await observeTestbeds(engine), name, { proven: measured === null });
  await output.result({ scenario: name, steps, warnings, times, calibrations, status }, () =>
    [
      ...steps.filter(({ action }) => action.op === "set-link").map(({ because }) => because),
      ...(calibrations === null ? [] : [describeCalibrations(calibrations)]),
      describeStatus(status),
      ...hint(status),
    ].join("\n"),
  );
  refuseViolations(calibrations ?? []);
  refuseChanges(measured?.changed ?? []);
  return EXIT.done;
}

interface BroughtUp extends Plan {
  times: StepTime[];
  imageTags: Record<ImageName, string>;
}

interface Wishes {
  backend: BackendName;
  background: boolean;
}

/** What a plan chose, or found, may be another's by the time that it is needed: then it is planned anew. */
const CHOSEN = ["E_SUBNET_OVERLAP", "E_PORT_IN_USE", "E_IMAGE_MISSING"];
const TRIES = 3;

async function bringUp(
  engine: Engine,
  topology: Topology,
  wishes: Wishes,
  output: Output,
  tries = TRIES,
): Promise<BroughtUp> {
  try {
    return await bringUpOnce(engine, topology, wishes, output);
  } catch (error) {
    const { code = "", message } = error as RttlabError;
    if (!CHOSEN.includes(code) || tries === 1) throw error;
    output.progress(`${message}; another was quicker, so it is planned anew`, true);
    return bringUp(engine, topology, wishes, output, tries - 1);
  }
}

/** Nobody else chooses subnets between what is observed and the making of the networks. */
async function bringUpOnce(
  engine: Engine,
  topology: Topology,
  { backend, background }: Wishes,
  output: Output,
): Promise<BroughtUp> {
  const turn = await takeTurn(engine, "choosing subnets");
  try {
    const observed = await observeFor(engine, topology, backend);
    const { steps, warnings } = planUp({ ...topology, word: lastingWord(topology.word) }, observed, { background });
    for (const warning of warnings) output.progress(`warning: ${warning}`, true);
    const networks = new Set(steps.flatMap(({ id, action }) => (action.op === "create-network" ? [id] : [])));
    const made = (id: string) => {
      networks.delete(id);
      if (networks.size === 0) turn.pass();
    };
    made("");
    const times = await performOrAdvise(topology.word, () => perform(engine, steps, output, ({ id }) => made(id)));
    return { steps, warnings, times, imageTags: observed.imageTags };
  } finally {
    turn.pass();
  }
}

/** The next thing that a person might type. */
function hint({ scenario, hosts }: Status): string[] {
  const generator = hosts.find(({ role }) => role === "loadgen");
  if (generator === undefined) return [];
  return [`try: npm run topology exec ${scenario}/${generator.name} load http=1.1 path=/files/10KiB seconds=10`];
}

async function performOrAdvise<T>(word: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = "E_STEP_FAILED", message } = error as RttlabError;
    const advice = `${upLine(word)} goes on from here, ${downLine(word)} removes what is there`;
    throw new RttlabError(code, `bringing up ${word}: ${message}; ${advice}`, { cause: (error as Error).cause });
  }
}
