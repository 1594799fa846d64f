// Conditions between the parts of a study, and between it and its scenario. All problems are
// listed, none thrown.

import { conclusionProblems } from "../../analysis/conclude/conclude.ts";
import { plotProblems } from "../../analysis/plots/cells.ts";
import type { Problem } from "../../lib/errors.ts";
import { HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { DIRECTIONS, type LinkSettings } from "../../lib/link/link.ts";
import { playProblems } from "../../topology/model/events.ts";
import type { Topology } from "../../topology/model/topology.ts";
import { hostsApart } from "../../topology/model/within.ts";
import { measuredSeconds } from "../duration.ts";
import { combine } from "../expand.ts";
import { lengthen, lengthProblems } from "../lengthen.ts";
import { manifestOf, NOWHERE } from "../manifest.ts";
import { measurementsIn } from "../measurements.ts";
import { kindNamed, quantitiesOf } from "../measures/table.ts";
import { predictAll } from "../predict.ts";
import { emptyPlaces, hiddenLevels } from "./check-factors.ts";
import { modelProblems } from "./check-models.ts";
import { parameterProblems } from "./check-parameters.ts";
import { type CellSettings, linkSettingsOf, readSettings, SMALLEST_BACKEND } from "./settings.ts";
import type { Study, StudyCell } from "./study.ts";

/** A larger study is more often a mistake than a wish. */
const MOST_CELLS = 5_000;

export function checkStudy(study: Study, topology: Topology): Problem[] {
  const combined = combine(study);
  const named = [...checkFactorNames(study), ...checkNames(study, topology), ...checkTraces(study, topology)];
  if (study.factors.some(({ levels }) => levels.length === 0)) return named; // which its reader has said
  if (combined.length === 0) {
    const [message, allowed] = ["every cell is excluded", "one cell or more"];
    return [{ code: "E_NO_CELLS", path: "exclude", message, allowed }, ...named];
  }
  if (combined.length > MOST_CELLS) {
    const [message, allowed] = [`the factors make ${combined.length} cells`, `at most ${MOST_CELLS}`];
    return [{ code: "E_OUT_OF_RANGE", path: "factors", message, allowed }, ...named];
  }
  const cells = lengthen(study, combined, null);
  const pathOf = (key: string) => placeOf(study, key);
  const read = cells.map((cell) => ({ cell, ...readSettings(cell.settings, topology, pathOf) }));
  const ofCells = read.flatMap(({ problems }) => problems);
  const problems = [
    ...unique(ofCells),
    ...emptyPlaces(study, combined, pathOf),
    ...hiddenLevels(study, combined),
    ...checkQuantities(study),
    ...modelProblems(study, combined),
    ...named,
  ];
  const ofEvents = unique(read.flatMap(({ cell, settings }) => checkEvents(study, cell, settings, topology)));
  const manifest = manifestOf(study, cells, NOWHERE);
  const { hypothesis, conclusions } = conclusionProblems(manifest);
  const predicted = unique(predictAll(study, cells).problems);
  const further = [
    ...parameterProblems(study, combined),
    ...(combined.every(isOfKnownKind) ? lengthProblems(study, combined) : []),
    ...ofEvents,
    ...(ofCells.length === 0 ? predicted : predicted.filter(({ path }) => !isOfSetting(study, path))),
    ...plotProblems(manifest),
    ...conclusions.flat(),
    ...hypothesis,
  ];
  // A missing name shows in several checks, and is one mistake.
  const isNew = ({ path }: Problem) =>
    !problems.some((known) => known.path.startsWith(path) || path.startsWith(known.path));
  return [...problems, ...further.filter(isNew)];
}

function isOfKnownKind({ settings }: StudyCell): boolean {
  return kindNamed(measurementsIn(settings).own.kind) !== undefined;
}

/** Whether the model's input at the path is a setting, which may be missing because it is wrong. */
function isOfSetting({ models }: Study, path: string): boolean {
  const [, index = "", input = ""] = /^models\[(\d+)\]\.inputs\.(\w+)$/.exec(path) ?? [];
  return /^(link|host|measure|beside)\./.test(String(models[Number(index)]?.inputs[input]));
}

/** Events that contradict a cell's settings, or that its measurement would not last for. */
function checkEvents({ events }: Study, cell: StudyCell, settings: CellSettings | null, topology: Topology): Problem[] {
  const last = events.at(-1);
  if (last === undefined || settings === null) return [];
  const seconds = measuredSeconds(cell);
  const late: Problem = {
    code: "E_OUT_OF_RANGE",
    path: "events",
    message: `one is at ${last.atMillis} ms, and ${seconds === null ? "the measurement has no set end" : `the measurement ends at ${seconds} s`}`,
    allowed: "events before the end of a measurement that has seconds",
  };
  const limit = { holdsFrames: HOLDS_FRAMES[SMALLEST_BACKEND] };
  const of = (link: Topology["links"][number]): LinkSettings => linkSettingsOf(link, settings.links);
  return [
    ...(seconds === null || last.atMillis > seconds * 1000 ? [late] : []),
    ...topology.links.flatMap((link) => playProblems(events, link.name, of(link), limit)),
  ];
}

/** Where a key is set: in a factor, or among the fixed settings. */
function placeOf({ factors, fixed }: Study, key: string): string {
  const sets = (prefix: string) => (settings: Readonly<Record<string, string>>) =>
    Object.keys(settings).some((each) => each === key || each.startsWith(prefix));
  const factor = factors.find(({ settings }) => [...settings.values()].some(sets(`${key}.`)));
  if (factor !== undefined) return `factors.${factor.name}`;
  return key in fixed ? `fixed.${key}` : "fixed";
}

function checkQuantities(study: Study): Problem[] {
  const known = quantitiesOf(combine(study)).map(({ name }) => name);
  const used = [
    ...study.plots.flatMap(({ kind, quantities }, index) =>
      kind === "trace" ? [] : quantities.map((quantity) => [`plots[${index}].quantities`, quantity] as const),
    ),
    ...study.effects.map(({ quantity }, index) => [`effects[${index}].quantity`, quantity] as const),
    ...study.needs.flatMap(({ of, quantity }, index) => [
      [`needs[${index}].of`, of] as const,
      [`needs[${index}].quantity`, quantity] as const,
    ]),
    ...study.models.map(({ predicts }, index) => [`models[${index}].predicts`, predicts] as const),
    ...study.parameters.map(({ name, quantity }) => [`parameters.${name}`, quantity] as const),
    ...(study.repetitions.until === null ? [] : [["repetitions.until", study.repetitions.until.quantity] as const]),
  ];
  return used
    .filter(([, quantity]) => !known.includes(quantity))
    .map(([path, quantity]) => ({
      code: "E_UNKNOWN_QUANTITY",
      path,
      message: `no run measures ${quantity}`,
      allowed: known.join(", "),
    }));
}

function checkFactorNames(study: Study): Problem[] {
  const known = study.factors.map(({ name }) => name);
  const used = [
    ...study.plots.flatMap(({ x, series, panel }, index) =>
      [x, series, panel].flatMap((factor) => (factor === undefined ? [] : [[`plots[${index}]`, factor] as const])),
    ),
    ...study.effects.map(({ factor }, index) => [`effects[${index}].factor`, factor] as const),
  ];
  return used
    .filter(([, factor]) => !known.includes(factor))
    .map(([path, factor]) => ({
      code: "E_UNKNOWN_FACTOR",
      path,
      message: `there is no factor ${factor}`,
      allowed: known.join(", "),
    }));
}

function checkNames({ mayDrop, maySaturate }: Study, { links, hosts }: Topology): Problem[] {
  const directions = links.flatMap(({ name }) => DIRECTIONS.map((side) => `${name}.${side}`));
  const members = [...hosts, ...links].map(({ name }) => name);
  return [
    ...unknownNames("mayDrop", mayDrop, directions),
    ...unknownNames("maySaturate", maySaturate, [...members, "machine"]),
  ];
}

function checkTraces({ traces, plots }: Study, { links, hosts }: Topology): Problem[] {
  const undrawn = plots.flatMap(({ kind, quantities }, index): Problem[] => {
    if (kind === "trace" && traces === null) {
      const message = "a trace is drawn, and nothing is traced";
      return [{ code: "E_UNKNOWN_QUANTITY", path: `plots[${index}].kind`, message, allowed: "traces, with what is" }];
    }
    const isEmpty = kind !== "trace" && quantities.length === 0;
    return isEmpty
      ? [{ code: "E_MISSING_KEY", path: `plots[${index}].quantities`, message: "is missing", allowed: "" }]
      : [];
  });
  if (traces === null) return undrawn;
  const namesOf = (members: readonly { name: string }[]) => members.map(({ name }) => name);
  // Connections of a host within another are those of that one.
  const apart = hostsApart(hosts);
  const asked = [
    { key: "tcp", given: traces.tcp, known: namesOf(apart) },
    { key: "rudp", given: traces.rudp, known: namesOf(hosts.filter(({ role }) => role === "rudp")) },
    { key: "links", given: traces.links, known: namesOf(links) },
  ];
  const nothing = {
    code: "E_MISSING_KEY",
    path: "traces",
    message: "nothing is traced",
    allowed: "tcp, rudp or links",
  };
  return [
    ...undrawn,
    ...(asked.every(({ given }) => given.length === 0) ? [nothing] : []),
    ...asked.flatMap(({ key, given, known }) => unknownNames(`traces.${key}`, given, known)),
  ];
}

function unknownNames(path: string, given: readonly string[], known: readonly string[]): Problem[] {
  return given
    .filter((name) => !known.includes(name))
    .map((name) => ({ code: "E_BAD_NAME", path, message: `${name} is not there`, allowed: known.join(", ") }));
}

function unique(problems: readonly Problem[]): Problem[] {
  const key = ({ path, message }: Problem) => `${path} ${message}`;
  return [...new Map(problems.map((problem) => [key(problem), problem])).values()];
}
