// The settings of a measured transfer, read from a request and checked whole. A study checks its
// words by these rules too.

import type { Unchecked } from "../../../../lib/contract/contract.ts";
import {
  type ConnectionChoices,
  TRANSFER_DIRECTIONS,
  type TransferDirection,
  type TransferSettings,
} from "../../../../lib/contract/transfer.ts";
import { type Problem, RttlabError } from "../../../../lib/errors.ts";
import { json, number, oneOf, orNull, text, whole } from "../../../../lib/fields/kinds.ts";
import { type Fields, isObject, outOfRange, type Reading, readObject } from "../../../../lib/fields/read.ts";
import { type ConnectionOptions, connectionOptions } from "../../protocol/connection/options.ts";
import { TARGET } from "../target.ts";

/** Settings whose connection's options have been checked. */
export interface RunSettings extends TransferSettings {
  connection: Partial<ConnectionOptions>;
}

const MOST_SECONDS = 86_400;
const MOST_CONNECTIONS = 64;

const FIELDS: Fields<TransferSettings> = {
  target: TARGET,
  direction: { ...oneOf(...TRANSFER_DIRECTIONS), usual: "send" },
  bytes: { ...orNull(whole(0, Number.MAX_SAFE_INTEGER, "a whole number of bytes")), usual: null },
  seconds: { ...orNull(number(Number.MIN_VALUE, MOST_SECONDS, `more than 0, at most ${MOST_SECONDS}`)), usual: null },
  connections: { ...whole(1, MOST_CONNECTIONS), usual: 1 },
  warmupSeconds: { ...number(0, MOST_SECONDS), usual: 0 },
  ending: { ...oneOf("wait", "cut"), usual: "wait" },
  seed: { ...whole(0, Number.MAX_SAFE_INTEGER, "a whole number"), usual: 1 },
  connection: { ...json<ConnectionChoices>("options of a connection", isObject), usual: {} },
  trace: { ...orNull(text("a path", () => true)), usual: null },
};

/** Checks a run's settings whole. E_BAD_RUN with every problem. */
export function checkRun(given: Unchecked<TransferSettings>): RunSettings {
  const { values, problems } = readRun(given);
  if (problems.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a transfer: refused", { problems });
  return values;
}

/** A run's settings, whole if there is no problem. */
export function readRun(given: Unchecked<TransferSettings>): Reading<RunSettings> {
  const { values, problems } = readObject(FIELDS, given);
  return { values: values as RunSettings, problems: [...problems, ...conflicts(values), ...optionProblems(values)] };
}

/** The bounds of a transfer. */
const BOUNDS: Readonly<Record<TransferDirection, string>> = {
  send: "either bytes or seconds with the direction send",
  receive: "bytes, and no seconds, with the direction receive",
  both: "seconds, and no bytes, with the direction both",
};

/** Of values that are good alone. */
function conflicts(settings: TransferSettings): Problem[] {
  const { direction, seconds, connections, warmupSeconds, ending, trace } = settings;
  const isCut = ending === "cut";
  const rules: [name: keyof TransferSettings, isKept: boolean, allowed: string][] = [
    [
      "ending",
      !isCut || (direction === "send" && seconds !== null && trace === null),
      "cut for send with seconds, without trace",
    ],
    ["connections", isCut || connections === 1, `1; 1 to ${MOST_CONNECTIONS} with ending cut`],
    ["warmupSeconds", isCut || warmupSeconds === 0, `0; 0 to ${MOST_SECONDS} with ending cut`],
  ];
  const broken = rules.flatMap(([name, isKept, allowed]) =>
    isKept || settings[name] === undefined ? [] : [outOfRange(name, settings[name], allowed)],
  );
  return [...boundProblems(settings), ...broken];
}

function boundProblems({ direction, bytes, seconds }: TransferSettings): Problem[] {
  // A value with a problem of its own is undefined.
  if (direction === undefined || bytes === undefined || seconds === undefined) return [];
  const isBound = (bytes === null) !== (seconds === null);
  if (isBound && (direction === "send" || (direction === "both") === (bytes === null))) return [];
  const message = "bytes or seconds bound a transfer";
  return [{ code: "E_CONFLICTING_KEYS", path: "bytes", message, allowed: BOUNDS[direction] }];
}

function optionProblems({ connection, direction }: TransferSettings): readonly Problem[] {
  if (connection === undefined) return []; // no object, which is a problem already
  try {
    connectionOptions(connection);
    return optionsOfTheOther(connection, direction);
  } catch (error) {
    return (error as RttlabError).problems;
  }
}

/**
 * The options that only the end that sends the data follows, or only the one that receives them. An
 * endpoint has its options from its start, so those that a run asks for are its own end's alone.
 */
const FOLLOWED_BY = {
  controller: "send",
  initialWindowSegments: "send",
  byteCountingLimit: "send",
  fixedWindowSegments: "send",
  fastRetransmit: "send",
  fastRecovery: "send",
  limitedTransmit: "send",
  adaptToReordering: "send",
  rateReduction: "send",
  lostCopies: "send",
  timestamps: "send",
  minimumRtoMillis: "send",
  minimumMarginMillis: "send",
  pacing: "send",
  coalesce: "send",
  sendQueueSegments: "send",
  slowStartAfterIdle: "send",
  delayedAckMillis: "receive",
  ackEverySegments: "receive",
  receiveQueueSegments: "receive",
} as const satisfies Partial<Record<keyof ConnectionOptions, TransferDirection>>;

/** Those that the other end would have to follow, and would not. */
function optionsOfTheOther(connection: ConnectionChoices, direction: TransferDirection): Problem[] {
  return Object.entries(FOLLOWED_BY).flatMap(([name, by]): Problem[] => {
    // A direction that is none has a problem of its own.
    if (connection[name] === undefined || direction === undefined || direction === by) return [];
    const verb = by === "send" ? "sends" : "receives";
    const message = `is followed by the end that ${verb}; with direction ${direction} the other end ${verb}${direction === "both" ? " too" : ""}, by its own options`;
    return [{ code: "E_CONFLICTING_KEYS", path: name, message, allowed: `with the direction ${by}` }];
  });
}
