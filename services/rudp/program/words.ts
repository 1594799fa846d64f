// The command line of `rudp`: a verb, its operands, then options as name=value or --name=value (npm
// consumes plain options).

import { type Problem, RttlabError } from "../../../lib/errors.ts";
import { either, inUnits, type Kind, number, text, whole } from "../../../lib/fields/kinds.ts";
import { readText, unknownName } from "../../../lib/fields/read.ts";
import { CONTROLLERS } from "../protocol/congestion/table.ts";
import { type ConnectionOptions, OPTION_FIELDS } from "../protocol/connection/options.ts";

export interface Words {
  verb: string;
  /** Operands, in order. */
  operands: string[];
  json: boolean;
  trace: string | null;
  /** Address to listen on or to send from. */
  address: string | null;
  bytes: number | null;
  seconds: number | null;
  direction: string;
  seed: number;
  connection: Partial<ConnectionOptions>;
}

export const USAGE = `Usage: rudp VERB … [name=value …] [json] [trace=FILE] [--help]

  rudp send FILE HOST:PORT       sends a file, or stdin for -
  rudp recv PORT [FILE]          receives one; without FILE to stdout
  rudp bench HOST:PORT           a measured transfer to an endpoint that serves; 20 MB by default
  rudp bench                     the same to a second process on this machine
  rudp serve [PORT]              serves transfers until it is stopped (4000)

  bytes=20MB | seconds=10        how much, or for how long; k, KB, M, MB, G, GB … are powers of 1000, Ki, KiB, MiB, GiB … of
                                 1024, b is a byte, and a lone m is refused
  direction=send                 send, receive, or both at once (with seconds)
  controller=newreno             ${Object.keys(CONTROLLERS).join(", ")}
  address=0.0.0.0                listen there, or send from there (IPv4 only, as all addresses here)
  seed=1                         of the stream that is sent and checked
  json                           the result as one JSON document (or --json)
  trace=FILE                     cwnd, ssthresh, SRTT, RTO … as a line of JSON for each acknowledgement (or --trace FILE)
  any option of a connection     such as minimumRtoMillis=1000 pacing=true sack=false (docs/rudp-reference.md); of this
                                 end, so bench takes those of a sender with direction=send, of a receiver with receive

Example:
  rudp bench rudp-sink:4000 bytes=20MB controller=cubic
`;

const TEXT = text();
const WHOLE = whole(0, Number.MAX_SAFE_INTEGER, "a whole number");
const SECONDS = number(0, Number.MAX_VALUE, "seconds, such as 10 or 2.5s");

/** The words with a value. The service checks the direction, and every range. */
const WORDS = {
  bytes: either(inUnits(WHOLE, "bytes", "a quantity such as 20MB, 1GiB, 500k or 65536"), WHOLE),
  seconds: either(SECONDS, inUnits(SECONDS, "millis", SECONDS.allowed, 1000)),
  direction: TEXT,
  seed: WHOLE,
  address: TEXT,
  trace: TEXT,
} as const satisfies Record<string, Kind<unknown>>;
const ALLOWED = [...Object.keys(WORDS), "json", ...Object.keys(OPTION_FIELDS)];

/** Throws E_USAGE with every problem. */
export function parseWords([verb = "", ...words]: readonly string[]): Words {
  const found: Words = {
    verb,
    operands: [],
    json: false,
    trace: null,
    address: null,
    bytes: null,
    seconds: null,
    direction: "send",
    seed: 1,
    connection: {},
  };
  const problems: Problem[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const { name, text } = named(word);
    if (name === "json" && text === null) found.json = true;
    else if (word === "--trace") found.trace = words[++i] ?? "";
    else if (name === null) found.operands.push(word);
    else problems.push(...take(found, name, text));
  }
  if (problems.length > 0) throw new RttlabError("E_USAGE", `reading the words of rudp ${verb}: refused`, { problems });
  return found;
}

/** `--name=value`, `name=value` and a bare `--name` are options. Anything else is an operand. */
function named(word: string): { name: string | null; text: string | null } {
  const match = /^(?:--)?([A-Za-z]+)=(.*)$/s.exec(word) ?? /^--([A-Za-z]+)()$/.exec(word) ?? /^(json)()$/.exec(word);
  if (match === null) return { name: null, text: null };
  return { name: match[1] as string, text: word.includes("=") ? (match[2] as string) : null };
}

/** Stores a value. Returns its problem, if it has one. */
function take(found: Words, name: string, text: string | null): Problem[] {
  const ofConnection = Object.hasOwn(OPTION_FIELDS, name);
  const kinds: Readonly<Record<string, Kind<unknown>>> = ofConnection ? { ...OPTION_FIELDS } : WORDS;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) return [unknownName(name, ALLOWED)];
  if (text === null) return [{ path: name, message: "needs a value, as in name=value", allowed: kind.allowed }];
  const read = readText(kind, name, text);
  if ("problem" in read) return [read.problem];
  if (ofConnection) found.connection = { ...found.connection, [name]: read.value };
  else Object.assign(found, { [name]: read.value });
  return [];
}
