// `topology exec load load …`: one load by all generators of a scenario. They begin at one instant,
// each makes its share of the same schedule, and their histograms are added (docs/loadgen.md).

import type { LoadProgress, LoadRequest, LoadResult, LoadSettings } from "../../lib/contract/load/load.ts";
import { addSeconds, mergeResults } from "../../lib/contract/load/merge.ts";
import { readLoad } from "../../lib/contract/load/replay.ts";
import { findSaturation, type Measure, readSearch } from "../../lib/contract/load/saturation.ts";
import { saturationTable, stepLine } from "../../lib/contract/load/saturation-table.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { loadTable, shareTable } from "../../lib/contract/load/table.ts";
import { USAGE } from "../../lib/contract/load/words.ts";
import { EXIT } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { print } from "../../lib/program.ts";
import type { Engine } from "../apply/docker.ts";
import { openRelays } from "../apply/relay.ts";
import { memberOf } from "../plan/names.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { chooseScenario, membersOf } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

const NAME = "load";
/** For all to receive their requests, and to probe the path if its round-trip time is not given. */
const STARTING_MILLIS = 500;
const PROBING_MILLIS = 2000;

/** The generators that `exec HOST COMMAND…` means together; null: it means one container. */
export function generatorsOf(
  observed: Pick<Observed, "containers" | "networks">,
  host: string,
  [command]: readonly string[],
): ObservedContainer[] | null {
  const [name, named] = host.split("/").toReversed();
  if (name !== NAME || command !== NAME) return null;
  const members = membersOf(observed, chooseScenario(observed, named), ["loadgen"]);
  return members.length === 0 || members.some((member) => nameOf(member) === NAME) ? null : members;
}

/** `words`: those of the command `load`. */
export async function loadTogether(
  engine: Engine,
  generators: readonly ObservedContainer[],
  words: readonly string[],
  output: Output,
): Promise<number> {
  if (words.includes("--help") || words.includes("help")) {
    await print(USAGE);
    return EXIT.done;
  }
  const isJson = (word: string) => word === "json" || word === "--json";
  const own = words.filter((word) => !isJson(word));
  const asJson = output.json || words.some(isJson);
  const search = readSearch(own);
  if (search !== null) return find(engine, generators, search, output, asJson);
  const settings = parseSettings({ ...readLoad(own), histograms: true });
  const results = await interruptible((signal) => runShares(engine, generators, settings, output, signal));
  const result = resultOfAll(settings, results);
  const table = () => [loadTable(result), shareTable(generators.map(nameOf), results)].join("\n");
  await print(asJson ? `${JSON.stringify(result)}\n` : `${table()}\n`);
  return result.completed === 0 ? EXIT.failed : EXIT.done;
}

async function find(
  engine: Engine,
  generators: readonly ObservedContainer[],
  search: LoadRequest,
  output: Output,
  asJson: boolean,
): Promise<number> {
  const measure: Measure = async (request) => {
    const settings = parseSettings(request);
    return resultOfAll(
      settings,
      await interruptible((signal) => runShares(engine, generators, settings, output, signal)),
    );
  };
  const saturation = await findSaturation(search, measure, (step) => output.progress(stepLine(step)));
  await print(asJson ? `${JSON.stringify(saturation)}\n` : saturationTable(saturation));
  return saturation.heldPerSecond === null ? EXIT.failed : EXIT.done;
}

/** If one of them refuses or fails, the others end with the relays. */
async function runShares(
  engine: Engine,
  generators: readonly ObservedContainer[],
  settings: LoadSettings,
  output: Output,
  signal: AbortSignal,
): Promise<LoadResult[]> {
  await using relays = openRelays(engine);
  await Promise.all(generators.map(({ name }) => relays.request(name, "loadgen.status", {})));
  const waitMillis = STARTING_MILLIS + (settings.rttMillis === null ? PROBING_MILLIS : 0);
  const shared = { ...settings, histograms: true, startEpochMillis: Date.now() + waitMillis };
  const latest = new Map<string, LoadProgress>();
  return await Promise.all(
    generators.map(({ name }, index) => {
      const onEvent = (second: LoadProgress) => {
        latest.set(name, second);
        if (index === 0) output.progress(progressLine(second.elapsedSeconds, [...latest.values()]));
      };
      const share = { index, of: generators.length };
      return relays.request(name, "loadgen.run", { ...shared, share }, { onEvent, signal });
    }),
  ).then((all) => all.map(({ result }) => result));
}

/** Each has a path of its own, so round trips have a common length only where it is given. */
function resultOfAll(settings: LoadSettings, results: readonly LoadResult[]): LoadResult {
  const merged = mergeResults(settings, results);
  return settings.rttMillis === null ? { ...merged, roundTrips: null } : merged;
}

function progressLine(elapsedSeconds: number, seconds: readonly LoadProgress[]): string {
  const { completed, failed, inFlight } = addSeconds(seconds);
  return `${elapsedSeconds.toFixed(0)} s: ${completed} completed, ${failed} failed, ${inFlight} in flight`;
}

function nameOf({ name, labels }: ObservedContainer): string {
  return memberOf(labels) ?? name;
}
