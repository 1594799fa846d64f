// Converts a study file's text to a Study, or reports every problem of it at once, each with its
// line.

import type { Condition, Level, Repetitions, Selection } from "../../analysis/results.ts";
import { TRACE_RANGES } from "../../lib/contract/trace.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { type ReadFile, readNone } from "../../lib/link/jitter-table.ts";
import { parseYaml } from "../../topology/model/document.ts";
import { draftOf } from "../../topology/model/draft.ts";
import { eventProblems, eventsOf } from "../../topology/model/events.ts";
import type { Topology } from "../../topology/model/topology.ts";
import { withTraces } from "../../topology/model/traces.ts";
import { checkStudy } from "./check.ts";
import { RANGE_RULE, type ReadLevels, rangeLevels, readLevels } from "./levels.ts";
import { type Range, type StudyFile, studySchema } from "./schema.ts";
import { shapeProblems } from "./shape.ts";
import type { Settings, Study, StudyFactor, TraceUse } from "./study.ts";
import { wellShaped } from "./well-shaped.ts";

/**
 * The study that the text of `name` means. `topologyOf` reads its scenario. Throws E_BAD_STUDY with
 * every problem, including those of the scenario. `readFile` reads the traces that its events name.
 */
export async function readStudy(
  name: string,
  text: string,
  topologyOf: (scenario: string) => Promise<Topology>,
  readFile: ReadFile = readNone,
): Promise<{ study: Study; topology: Topology }> {
  const { value: parsed, problems: broken, lineOf } = parseYaml(text, WORDS);
  const { value, problems: ofTraces } = withTraces(parsed, readFile);
  const written = [...broken, ...ofTraces];
  const checked = studySchema.safeParse(value);
  const shape = value === undefined || checked.success ? [] : shapeProblems(checked.error.issues, value);
  const refuse = (problems: readonly Problem[]) => {
    const lined = problems.map((problem) => ({ ...problem, line: problem.line ?? lineOf(problem.path) }) as Problem);
    const sorted = lined.sort((first, second) => (first.line ?? 0) - (second.line ?? 0));
    const count = sorted.length === 1 ? "1 problem" : `${sorted.length} problems`;
    return new RttlabError("E_BAD_STUDY", `reading study ${name}: ${count}`, { problems: sorted });
  };
  const file = checked.success ? checked.data : wellShaped(value, checked.error.issues);
  if (file === null) throw refuse([...written, ...shape]);
  const { study, problems: ofParts } = studyOf(name, file);
  const problems = [...shape, ...ofParts];
  const topology = await topologyOf(study.scenario).catch((error: unknown) => {
    if (!(error instanceof RttlabError)) throw error;
    const [, reason = error.message] = /^[^:]*: (.*)$/s.exec(error.message) ?? [];
    return refuse([...written, ...problems, { code: error.code, path: "scenario", message: reason, allowed: "" }]);
  });
  if (topology instanceof RttlabError) throw topology;
  const links = topology.links.map(({ name }) => name);
  const ofEvents = eventProblems(draftOf(value), links);
  const known = new Set(ofParts.map(({ path }) => path));
  const further = checkStudy(study, topology).filter(({ path }) => !known.has(path));
  const all = [...written, ...problems, ...ofEvents, ...further];
  if (all.length > 0) throw refuse(all);
  return { study, topology };
}

/** The places of settings and levels. */
const WORDS = /^(fixed|factors|exclude|effects)\.|\.(where|cells)\./;

function studyOf(name: string, file: StudyFile): { study: Study; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = Object.entries(file.factors).map(([factor, given]) => readFactor(factor, given, problems));
  const byText = new Map(read.map(({ factor, texts }) => [factor.name, texts]));
  const selectionAt = (path: string) => (selection: SelectionFile) => readSelection(selection, byText, path, problems);
  const levelAt = (path: string, factor: string, text: string | number) =>
    readLevel(factor, String(text), byText, path, problems);
  const study: Study = {
    name,
    isSmoke: false,
    title: file.title,
    question: file.question,
    hypothesis: file.hypothesis,
    hypothesisHolds: conditionOf(file.hypothesisHolds, selectionAt),
    scenario: file.scenario,
    seed: file.seed,
    fixed: texts(file.fixed),
    factors: read.map(({ factor }) => factor),
    events: eventsOf(draftOf({ events: file.events })),
    exclude: (file.exclude ?? []).map(({ because, ...selection }, index) => ({
      cells: selectionAt(`exclude[${index}]`)(selection as SelectionFile),
      ...(because === undefined ? {} : { because }),
    })),
    lastingSeconds: file.lasting === undefined ? null : Number.parseFloat(file.lasting),
    repetitions: repetitionsOf(file.repetitions, problems),
    mayDrop: file.mayDrop ?? [],
    maySaturate: file.maySaturate ?? [],
    models: (file.models ?? []).map(({ where = {}, ...model }, index) => ({
      ...model,
      where: selectionAt(`models[${index}].where`)(where),
    })),
    parameters: Object.entries(file.parameters ?? {}).map(([name, { where, ...parameter }]) => ({
      name,
      ...parameter,
      where: selectionAt(`parameters.${name}.where`)(where),
    })),
    needs: (file.needs ?? []).map(({ where = {}, ...need }, index) => ({
      ...need,
      where: selectionAt(`needs[${index}].where`)(where),
    })),
    effects: (file.effects ?? []).map(({ level, against, ...effect }, index) => ({
      ...effect,
      level: levelAt(`effects[${index}].level`, effect.factor, level),
      against: levelAt(`effects[${index}].against`, effect.factor, against),
    })),
    traces: file.traces === undefined ? null : tracesOf(file.traces, selectionAt("traces.where")),
    plots: (file.plots ?? []).map(({ where, quantities = [], ...plot }, index) => ({
      ...(plot as Omit<Study["plots"][number], "quantities">),
      quantities,
      ...(where === undefined ? {} : { where: selectionAt(`plots[${index}].where`)(where) }),
    })),
    conclusions: (file.conclude ?? []).map(({ cells, ...conclusion }, index) => ({
      ...(conclusion as Study["conclusions"][number]),
      ...namedCells(cells, (set) => selectionAt(`conclude[${index}].cells.${set}`)),
    })),
    threats: file.threats ?? [],
  };
  return { study, problems };
}

type Texts = ReadLevels["byText"];

function readFactor(
  name: string,
  { label = name, levels: given, sets }: StudyFile["factors"][string],
  problems: Problem[],
): { factor: StudyFactor; texts: Texts } {
  const path = `factors.${name}`;
  const levels = isRange(given) ? (rangeLevels(given) ?? []) : given;
  const named = Array.isArray(levels) ? levels.map(String) : Object.keys(levels);
  if (named.length === 0) {
    const [message, allowed] = isRange(given)
      ? ["the range has no levels", RANGE_RULE]
      : ["no level is given", "one or more"];
    problems.push({ code: "E_BAD_VALUE", path: `${path}.levels`, message, allowed });
  }
  const { unit, byText } = readLevels(named);
  for (const [index, text] of named.entries()) {
    const first = named.findIndex((other) => byText.get(other) === byText.get(text));
    if (first === index) continue;
    const message = named[first] === text ? `${text} is given twice` : `${text} is ${named[first]} again`;
    problems.push({ code: "E_DUPLICATE_KEY", path: `${path}.levels`, message, allowed: "" });
  }
  if (Array.isArray(levels) !== (sets !== undefined)) {
    const message = Array.isArray(levels) ? "a list of levels sets nothing" : "levels by name set their own settings";
    const allowed = Array.isArray(levels) ? "sets, with the settings that get the level" : "no sets";
    problems.push({ code: "E_CONFLICTING_KEYS", path: `${path}.sets`, message, allowed });
  }
  const settingsOf = (text: string): Settings => {
    if (!Array.isArray(levels)) return texts(levels[text] ?? {});
    const templates = typeof sets === "string" ? { [sets]: "{}" } : (sets ?? {});
    return Object.fromEntries(Object.entries(templates).map(([key, as]) => [key, as.replaceAll("{}", text)]));
  };
  const settings = new Map([...byText].map(([text, level]) => [level, settingsOf(text)] as const));
  const written = new Map([...byText].map(([text, level]) => [level, text] as const));
  return { factor: { name, label, unit, levels: [...byText.values()], settings, texts: written }, texts: byText };
}

function isRange(levels: StudyFile["factors"][string]["levels"]): levels is Range {
  return "from" in levels && typeof levels.from !== "object";
}

function readSelection(
  selection: SelectionFile,
  byText: ReadonlyMap<string, Texts>,
  path: string,
  problems: Problem[],
): Selection {
  return Object.fromEntries(
    Object.entries(selection).map(([factor, wanted]) => {
      const levels = [wanted]
        .flat()
        .map((text) => readLevel(factor, String(text), byText, `${path}.${factor}`, problems));
      return [factor, levels.length === 1 ? (levels[0] as Level) : levels];
    }),
  );
}

function readLevel(
  factor: string,
  text: string,
  byText: ReadonlyMap<string, Texts>,
  path: string,
  problems: Problem[],
): Level {
  const known = byText.get(factor);
  const level = known?.get(text);
  if (level !== undefined) return level;
  if (known?.size === 0) return text; // of a factor whose levels cannot be read
  const message = known === undefined ? `there is no factor ${factor}` : `${factor} has no level ${text}`;
  const allowed = [...(known ?? byText).keys()].join(", ");
  problems.push({ code: known === undefined ? "E_UNKNOWN_FACTOR" : "E_UNKNOWN_LEVEL", path, message, allowed });
  return text;
}

function repetitionsOf(given: StudyFile["repetitions"], problems: Problem[]): Repetitions {
  if (typeof given === "number") return { atLeast: given, atMost: given, until: null };
  const { until: quantity, within, atLeast = 3, atMost } = given;
  if (atLeast > atMost) {
    const message = `${atLeast} are more than the most, ${atMost}`;
    const path = "repetitions.atLeast";
    problems.push({ code: "E_CONFLICTING_KEYS", path, message, allowed: `at most ${atMost}` });
  }
  return { atLeast, atMost, until: { quantity, withinRatio: Number.parseFloat(within) / 100 } };
}

type SelectionFile = Readonly<Record<string, string | number | (string | number)[]>>;
type ReadSelection = (selection: SelectionFile) => Selection;

function conditionOf(
  given: StudyFile["hypothesisHolds"],
  selectionAt: (path: string) => ReadSelection,
): Study["hypothesisHolds"] {
  if (given === undefined) return null;
  const { when, cells } = typeof given === "string" ? { when: given } : { cells: undefined, ...given };
  return { when, ...namedCells(cells, (set) => selectionAt(`hypothesisHolds.cells.${set}`)) };
}

function namedCells(
  given: Readonly<Record<string, SelectionFile>> | undefined,
  selectionOf: (set: string) => ReadSelection,
): Pick<Condition, "cells"> {
  if (given === undefined) return {};
  return {
    cells: Object.fromEntries(Object.entries(given).map(([set, selection]) => [set, selectionOf(set)(selection)])),
  };
}

function tracesOf(given: NonNullable<StudyFile["traces"]>, select: ReadSelection): TraceUse {
  const { where = {}, repetitions = 1, tcp = [], rudp = [], links = [] } = given;
  const usual = (key: keyof typeof TRACE_RANGES) => given[key] ?? TRACE_RANGES[key].usual;
  const bounds = { everyMillis: usual("everyMillis"), samples: usual("samples"), packets: usual("packets") };
  return { where: select(where), repetitions, tcp, rudp, links, bounds };
}

function texts(given: Readonly<Record<string, string | number>>): Settings {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]));
}
