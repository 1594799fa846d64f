// Options of wrk, ab, hey, autocannon and h2load, and addresses, as words of ours, where they mean
// the same.

import { type Problem, RttlabError } from "../../errors.ts";

/**
 * Our word for an option that has a value; a function where the value is written in another way.
 */
const OPTIONS: Readonly<Record<string, string | ((value: string) => string[])>> = {
  "-c": "users",
  "--connections": "users",
  "--concurrency": "users",
  "--clients": "users",
  "--users": "users",
  "-d": duration,
  "--duration": duration,
  "-z": duration,
  "-D": duration,
  "--seconds": "seconds",
  "-n": "requests",
  "--requests": "requests",
  "--amount": "requests",
  "-R": "rate",
  "--rate": "rate",
  "-t": "threads",
  "--threads": "threads",
  "-w": "threads",
  "--workers": "threads",
  "-p": "pipeline",
  "--pipelining": "pipeline",
  "--warmup": "warmup",
  "--timeout": time("timeout"),
  "--seed": "seed",
};

/** Options without a value. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  "-k": ["http=1.0", "connection=keep-alive"],
  "--h1": [],
  "-I": ["method=HEAD"],
  "--head": ["method=HEAD"],
  "--disable-keepalive": ["connection=close"],
};

/** Words of other generators that ours lacks, and what to do instead. */
const UNKNOWN: Readonly<Record<string, string>> = {
  "-H": "fields are not set singly; connection=close is a word",
  "--header": "fields are not set singly; connection=close is a word",
  "-s": "there are no scripts; path=/a path=/b asks for several paths",
  "--latency": "quantiles are always printed",
  "-m": "HEAD is method=HEAD, other methods are not sent; requests under way on a connection are pipeline=16",
  "-q": "rate=500 is of all together, not of each worker",
  "--rps": "rate=500 is of all together, not of each connection",
};

/** The words, with options in our spelling, and the problems of those that have none. */
export function ownWords(words: readonly string[]): { words: string[]; problems: Problem[] } {
  const own: string[] = [];
  const problems: Problem[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (/^https?:\/\//.test(word)) {
      own.push(...addressWords(word, problems));
      continue;
    }
    if (!word.startsWith("-")) {
      own.push(word);
      continue;
    }
    const [, name = word, attached] = /^(--[a-z-]+)=(.*)$/.exec(word) ?? /^(-[A-Za-z])(\d.*)$/.exec(word) ?? [];
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (flag !== undefined) own.push(...flag);
    else if (option === undefined) {
      const allowed = UNKNOWN[name] ?? `${Object.keys(OPTIONS).join(", ")}, or words of the form name=value`;
      problems.push({ path: word, message: "is not known here", allowed });
    } else {
      const value = attached ?? queue.shift();
      if (value === undefined) problems.push({ path: name, message: "needs a value", allowed: `${name} 10` });
      else own.push(...(typeof option === "string" ? [`${option}=${value}`] : option(value)));
    }
  }
  return { words: own, problems };
}

/** Throws E_USAGE if there are problems. */
export function refuseWords(problems: Problem[]): void {
  if (problems.length > 0)
    throw new RttlabError("E_USAGE", "reading the words of load: some are not valid", { problems });
}

function addressWords(text: string, problems: Problem[]): string[] {
  const url = URL.parse(text);
  if (url === null || url.protocol !== "http:") {
    problems.push({ path: text, message: "is not the address of an HTTP server", allowed: "http://host:port/path" });
    return [];
  }
  return [`target=${url.host}`, `path=${url.pathname}${url.search}`];
}

/** Seconds, or with a unit; minutes too, as wrk has them. */
function duration(value: string): string[] {
  const minutes = /^(\d+)m$/.exec(value)?.[1];
  return [`seconds=${minutes === undefined ? value : Number(minutes) * 60}`];
}

/** A time that others give in seconds without a unit. */
function time(name: string): (value: string) => string[] {
  return (value) => [`${name}=${/^\d+(\.\d+)?$/.test(value) ? `${value}s` : value}`];
}
