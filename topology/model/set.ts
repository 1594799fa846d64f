// The words of `topology set LINK [forward|backward] delay=20ms rate=10mbit …` as a change of the
// link's settings; `down` and `up` are short for state=down and state=up. A direction's name
// applies to the words after it; earlier words apply to both directions. The link's agent makes the
// same change to its settings at that time, so that two simultaneous changes both hold.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import { capacityProblems, HOLDS_FRAMES } from "../../lib/link/capacity.ts";
import { contradictionProblems } from "../../lib/link/contradictions.ts";
import { type Direction, FIELD_BY_KEY, FIELDS, fieldOf } from "../../lib/link/direction.ts";
import { state } from "../../lib/link/impairments/state.ts";
import {
  changedSettings,
  DIRECTIONS,
  type DirectionName,
  type LinkChange,
  type LinkSettings,
  MAX_SEED,
} from "../../lib/link/link.ts";
import { quantityPattern } from "../../lib/units.ts";
import { parseRtt, RTT_RANGE, SEED_RANGE } from "./schema.ts";

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
 * The change that the words mean. Throws E_BAD_SETTING with every problem of the words, of
 * `current` after the change, and of the backend's capacity.
 */
export function readChange(
  link: string,
  current: LinkSettings,
  words: readonly string[],
  backend: Backend,
): LinkChange {
  const { change, given, problems } = words.reduce(readWord, {
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
  throw new RttlabError("E_BAD_SETTING", `setting ${link}: ${words.join(" ") || "no words"}`, { problems: all });
}

interface Reading {
  change: LinkChange;
  /** The directions of the next word. */
  sides: readonly DirectionName[];
  /** The words so far: `forward.delay` -> `20ms`. */
  given: ReadonlyMap<string, string>;
  problems: readonly Problem[];
}

const KEYS = ["rtt", ...FIELD_BY_KEY.keys(), "seed"];

const NOTHING_TO_SET: Problem = {
  code: "E_MISSING_KEY",
  path: "words",
  message: "nothing is given to set",
  allowed: `[forward|backward] and key=value, with a key of ${KEYS.join(", ")}`,
};

function readWord(reading: Reading, word: string): Reading {
  const side = DIRECTIONS.find((name) => name === word);
  if (side !== undefined) return { ...reading, sides: [side] };
  if (word === "up" || word === "down") return readWord(reading, `${state.key}=${word}`);
  const equals = word.indexOf("=");
  const key = word.slice(0, Math.max(0, equals));
  const text = word.slice(equals + 1);
  const wrong = (code: string, message: string, allowed: string): Reading => ({
    ...reading,
    problems: [...reading.problems, { code, path: word, message, allowed }],
  });
  if (!KEYS.includes(key))
    return wrong("E_UNKNOWN_KEY", "is no setting", `key=value, with a key of ${KEYS.join(", ")}`);
  const isOfLink = key === "rtt" || key === "seed";
  if (isOfLink && reading.sides.length === 1) {
    return wrong(
      "E_CONFLICTING_KEYS",
      `${key} is of the link, not of one direction`,
      `${key} before ${reading.sides[0]}`,
    );
  }
  const places = isOfLink ? [key] : reading.sides.map((name) => `${name}.${key}`);
  if (places.some((place) => reading.given.has(place)))
    return wrong("E_DUPLICATE_KEY", `${key} is given twice`, "once");
  const change = withWord(reading, key, text);
  if (change === undefined) {
    return isInForm(key, text)
      ? wrong("E_OUT_OF_RANGE", `${text} is out of range`, rangeOf(key))
      : wrong("E_BAD_VALUE", `${text || "nothing"} cannot be read`, rangeOf(key));
  }
  return { ...reading, change, given: new Map([...reading.given, ...places.map((place) => [place, text] as const)]) };
}

function isInForm(key: string, text: string): boolean {
  const name = FIELD_BY_KEY.get(key);
  const pattern = key === "seed" ? "^\\d+$" : name === undefined ? quantityPattern("millis") : FIELDS[name].pattern;
  return new RegExp(pattern).test(text);
}

function withWord({ change, sides }: Reading, key: string, text: string): LinkChange | undefined {
  if (key === "seed") {
    const seed = /^\d+$/.test(text) ? Number(text) : 0;
    return seed >= 1 && seed <= MAX_SEED ? { ...change, seed } : undefined;
  }
  if (key === "rtt") {
    const rtt = parseRtt(text);
    return rtt === undefined ? undefined : withFields(change, sides, { delayMillis: rtt / 2 });
  }
  const name = FIELD_BY_KEY.get(key);
  const value = name === undefined ? undefined : fieldOf(name).parse(text);
  return name === undefined || value === undefined ? undefined : withFields(change, sides, { [name]: value });
}

function withFields(change: LinkChange, sides: readonly DirectionName[], fields: Partial<Direction>): LinkChange {
  return { ...change, ...Object.fromEntries(sides.map((side) => [side, { ...change[side], ...fields }])) };
}

function rangeOf(key: string): string {
  if (key === "rtt") return RTT_RANGE;
  if (key === "seed") return SEED_RANGE;
  const name = FIELD_BY_KEY.get(key);
  return name === undefined ? "" : FIELDS[name].range;
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
