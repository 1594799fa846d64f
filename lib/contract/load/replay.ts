// `replay=FILE` among the words of `load`: the requests of a record, at its relative times, as an
// open load. The file is read where the command runs; `-` is its standard input.

import { readFileSync } from "node:fs";
import { type Problem, RttlabError } from "../../errors.ts";
import { number } from "../../fields/kinds.ts";
import type { LoadRequest } from "./load.ts";
import { ownWords, refuseWords } from "./other-words.ts";
import { type RecordEntry, readRecord } from "./record.ts";
import { parseWords } from "./words.ts";

const SPEED = number(0.001, 1000);

/** Allowed values, by word. */
export const REPLAY_WORDS: Readonly<Record<string, string>> = {
  replay: "a file of requests: an access log, or lines such as 1.5 /path",
  speed: `a factor, ${SPEED.allowed}`,
};

/** The `run` request of the words. Throws E_USAGE with every problem, of each line too. */
export function readLoad(words: readonly string[]): LoadRequest {
  const of = (name: string) => words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  const [file, speedText] = [of("replay"), of("speed")];
  if (file === undefined && speedText === undefined) return parseWords(words);
  const others = words.filter((word) => !/^(replay|speed)=/.test(word));
  const names = ownWords(others).words.map((word) => word.split("=")[0]);
  const conflicting = names.filter((name) => name === "rate" || name === "path" || name === "popularity");
  const speed = SPEED.parse(speedText ?? "1");
  const read = attempt(() => parseWords(others), { target: "" });
  const record = attempt(() => contentOf(file), "");
  const { method = "GET" } = read.value;
  const { entries, problems } =
    record.problems.length > 0 ? { entries: [], problems: [] } : readRecord(record.value, file ?? "", method);
  const all: Problem[] = [
    ...read.problems,
    ...conflicting.map((path = "") => {
      return { path, message: "is the record's, which is replayed", allowed: "speed=2 for twice as fast" };
    }),
    ...(speed === undefined
      ? [{ path: "speed", message: `cannot be read: ${speedText}`, allowed: REPLAY_WORDS.speed ?? "" }]
      : []),
    ...record.problems,
    ...problems,
  ];
  refuseWords(all);
  const isBounded = names.includes("seconds") || names.includes("requests");
  const { seconds, ...request } = read.value;
  return {
    ...request,
    ...(!isBounded ? { requests: entries.length } : seconds === undefined ? {} : { seconds }),
    rate: rateOf(entries, speed ?? 1),
    path: entries[0]?.path ?? "/",
    paths: { order: "replayed", entries },
  };
}

/** The mean rate of the record: that of its gaps, which are one fewer than its requests. */
function rateOf(entries: readonly RecordEntry[], speed: number): number {
  const seconds = ((entries.at(-1)?.atMillis ?? 0) - (entries[0]?.atMillis ?? 0)) / 1000;
  return seconds === 0 ? entries.length : ((entries.length - 1) / seconds) * speed;
}

function contentOf(file: string | undefined): string {
  const refuse = (message: string) => {
    const problems = [{ path: "replay", message, allowed: "a file, or - for standard input" }];
    return new RttlabError("E_USAGE", "reading a record: it cannot be read", { problems });
  };
  if (file === undefined) throw refuse("is missing, and speed is given");
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message}`);
  }
}

/** The value of an act; if the act is refused, `otherwise` and the problems. */
export function attempt<Value>(act: () => Value, otherwise: Value): { value: Value; problems: readonly Problem[] } {
  try {
    return { value: act(), problems: [] };
  } catch (error) {
    if (!(error instanceof RttlabError)) throw error;
    return { value: otherwise, problems: error.problems };
  }
}
