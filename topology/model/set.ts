// The words of `topology set LINK [forward|backward] delay=20ms rate=10mbit …` as a change of the
// link's settings; `down` and `up` are short for state=down and state=up. A direction's name
// applies to the words after it; earlier words apply to both directions. The link's agent makes the
// same change to its settings at that time, so that two simultaneous changes both hold.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { TextKind } from "../../lib/fields/kinds.ts";
import { readText, unknownName } from "../../lib/fields/read.ts";
import { capacityProblems, HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { contradictionProblems } from "../../lib/link/contradictions.ts";
import { type Direction, FIELD_BY_KEY, type FieldName, fieldOf } from "../../lib/link/direction.ts";
import { distribution, withTable } from "../../lib/link/impairments/distribution.ts";
import { state } from "../../lib/link/impairments/state.ts";
import { type ReadFile, readNone } from "../../lib/link/jitter-table.ts";
import {
  changedSettings,
  DIRECTIONS,
  type DirectionName,
  type LinkChange,
  type LinkSettings,
} from "../../lib/link/link.ts";
import { RTT, SEED } from "./schema.ts";

type Backend = keyof typeof HOLDS_FRAMES;

/** The settings after the change; unnamed ones stay. Throws as readChange. */
export function changeSettings(
  link: string,
  current: LinkSettings,
  words: readonly string[],
  backend: Backend,
): LinkSettings {
  return changedSettings(current, readChange(link, current, words, backend));
}

/**
 * The change that the words mean; `readFile` reads the files that they name. Throws E_BAD_SETTING
 * with every problem of the words, of `current` after the change, and of the backend's capacity.
 */
export function readChange(
  link: string,
  current: LinkSettings,
  words: readonly string[],
  backend: Backend,
  readFile: ReadFile = readNone,
): LinkChange {
  const { change, given, problems } = words.reduce<Reading>((reading, word) => readWord(reading, word, readFile), {
    change: {},
    sides: DIRECTIONS,
    given: new Map<string, string>(),
    problems: [],
  });
  const settings = changedSettings(current, change);
  const all = [
    ...problems,
    ...(given.size + problems.length === 0 ? [NOTHING_TO_SET] : []),
    ...contradictions(settings, given),
    ...capacityProblems(settings, { holdsFrames: HOLDS_FRAMES[backend] }, link),
  ];
  if (all.length === 0) return change;
  throw new RttlabError("E_BAD_SETTING", `setting ${link} by ${words.join(" ") || "no words"}: some are not valid`, {
    problems: all,
  });
}

interface Reading {
  change: LinkChange;
  /** The directions of the next word. */
  sides: readonly DirectionName[];
  /** The words so far: `forward.delay` -> `20ms`. */
  given: ReadonlyMap<string, string>;
  problems: readonly Problem[];
}

/** Of the link as a whole; the other words are of its directions. */
const LINK_WORDS = { rtt: RTT, seed: SEED } as const;
const KEYS = ["rtt", ...FIELD_BY_KEY.keys(), "seed"];

const NOTHING_TO_SET: Problem = {
  code: "E_MISSING_KEY",
  path: "words",
  message: "nothing is given to set",
  allowed: `[forward|backward] and key=value, with a key of ${KEYS.join(", ")}`,
};

function readWord(reading: Reading, word: string, readFile: ReadFile): Reading {
  const side = DIRECTIONS.find((name) => name === word);
  if (side !== undefined) return { ...reading, sides: [side] };
  if (word === "up" || word === "down") return readWord(reading, `${state.key}=${word}`, readFile);
  const equals = word.indexOf("=");
  const key = word.slice(0, Math.max(0, equals));
  const text = word.slice(equals + 1);
  const wrong = (problem: Problem): Reading => ({ ...reading, problems: [...reading.problems, problem] });
  if (!KEYS.includes(key)) return wrong(unknownName(word, KEYS));
  const isOfLink = Object.hasOwn(LINK_WORDS, key);
  if (isOfLink && reading.sides.length === 1) {
    const message = `${key} is of the link, not of one direction`;
    return wrong({ code: "E_CONFLICTING_KEYS", path: word, message, allowed: `${key} before ${reading.sides[0]}` });
  }
  const places = isOfLink ? [key] : reading.sides.map((name) => `${name}.${key}`);
  if (places.some((place) => reading.given.has(place)))
    return wrong({ code: "E_DUPLICATE_KEY", path: word, message: `${key} is given twice`, allowed: "once" });
  const complete = key === distribution.key ? withTable(text, readFile) : { word: text };
  if ("problems" in complete) {
    const ofFile = complete.problems.map((problem) => ({ path: word, ...problem }));
    return { ...reading, problems: [...reading.problems, ...ofFile] };
  }
  const read = readText(kindOf(key), word, complete.word);
  if ("problem" in read) return wrong(read.problem);
  const change = withValue(reading, key, read.value);
  return { ...reading, change, given: new Map([...reading.given, ...places.map((place) => [place, text] as const)]) };
}

function kindOf(key: string): TextKind<unknown> {
  if (key === "rtt" || key === "seed") return LINK_WORDS[key];
  const { range, pattern, parse } = fieldOf(FIELD_BY_KEY.get(key) as FieldName);
  return { allowed: range, parse, isInForm: (text) => new RegExp(pattern).test(text) };
}

function withValue({ change, sides }: Reading, key: string, value: unknown): LinkChange {
  if (key === "seed") return { ...change, seed: value as number };
  if (key === "rtt") return withFields(change, sides, { delayMillis: (value as number) / 2 });
  return withFields(change, sides, { [FIELD_BY_KEY.get(key) as FieldName]: value });
}

function withFields(change: LinkChange, sides: readonly DirectionName[], fields: Partial<Direction>): LinkChange {
  return { ...change, ...Object.fromEntries(sides.map((side) => [side, { ...change[side], ...fields }])) };
}

function contradictions(settings: LinkSettings, given: ReadonlyMap<string, string>): Problem[] {
  const beside = DIRECTIONS.some((side) => given.has(`${side}.delay`)) && given.has("rtt");
  const both: Problem = {
    code: "E_CONFLICTING_KEYS",
    path: `rtt=${given.get("rtt")}`,
    message: "is given beside delay",
    allowed: "either rtt, which is half the delay each way, or delay",
  };
  return [
    ...(beside ? [both] : []),
    ...contradictionProblems(settings),
    ...DIRECTIONS.flatMap((side) => queueWithoutRate(settings, given, side)),
  ];
}

function queueWithoutRate(settings: LinkSettings, given: ReadonlyMap<string, string>, side: DirectionName): Problem[] {
  const word = given.get(`${side}.queue`);
  if (word === undefined || settings[side].rateBitsPerSecond !== null) return [];
  return [
    {
      code: "E_QUEUE_WITHOUT_RATE",
      path: `queue=${word}`,
      message: `the ${side} rate is unlimited, so nothing ever queues`,
      allowed: "a queue beside a rate",
    },
  ];
}
