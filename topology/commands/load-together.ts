// `topology exec load load …`: one load by all generators of a scenario together.

import type { LoadProgress, LoadRequest, LoadSettings } from "../../lib/contract/load/load.ts";
import { progressLine } from "../../lib/contract/load/progress-line.ts";
import { readLoad } from "../../lib/contract/load/replay.ts";
import { findSaturation, type Measure, readSearch } from "../../lib/contract/load/saturation.ts";
import { saturationTable, stepLine } from "../../lib/contract/load/saturation-table.ts";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { loadTable, shareTable } from "../../lib/contract/load/table.ts";
import { USAGE, wordOf } from "../../lib/contract/load/words.ts";
import { EXIT } from "../../lib/errors.ts";
import { interruptible } from "../../lib/interruptible.ts";
import { print } from "../../lib/program.ts";
import type { Engine } from "../apply/docker.ts";
import { memberOf } from "../plan/names.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { runTogether } from "../testbed/load-together.ts";
import { chooseScenario, membersOf } from "../testbed/targets.ts";
import type { Output } from "./output.ts";

const NAME = "load";

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
  const request = search ?? { ...readLoad(own), histograms: true };
  parseSettings({ ...request, share: { index: 0, of: generators.length } }, wordOf); // before any begins
  const containers = generators.map(({ name }) => name);
  if (search !== null) return find(engine, containers, search, output, asJson);
  const settings = parseSettings(request);
  const { result, shares } = await run(engine, containers, settings, output);
  const table = () => [loadTable(result), shareTable(generators.map(nameOf), shares)].join("\n");
  await print(asJson ? `${JSON.stringify(result)}\n` : `${table()}\n`);
  return result.completed === 0 ? EXIT.failed : EXIT.done;
}

async function find(
  engine: Engine,
  generators: readonly string[],
  search: LoadRequest,
  output: Output,
  asJson: boolean,
): Promise<number> {
  const measure: Measure = async (request) => {
    return (await run(engine, generators, parseSettings(request), output)).result;
  };
  const saturation = await findSaturation(search, measure, (step) => output.progress(stepLine(step)));
  await print(asJson ? `${JSON.stringify(saturation)}\n` : saturationTable(saturation));
  return saturation.heldPerSecond === null ? EXIT.failed : EXIT.done;
}

function run(engine: Engine, generators: readonly string[], settings: LoadSettings, output: Output) {
  const onSecond = (second: LoadProgress) => output.progress(progressLine(settings, second));
  return interruptible((signal) => runTogether(engine, generators, settings, onSecond, signal));
}

function nameOf({ name, labels }: ObservedContainer): string {
  return memberOf(labels) ?? name;
}
