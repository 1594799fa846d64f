// Transfers by RUDP one after another, each from opening its connection to the last byte; or, with
// connections or a warm-up, several that send for some seconds and are cut off at the end.

import { median } from "../../analysis/stats/summary.ts";
import {
  type SenderLosses,
  TRANSFER_DIRECTIONS,
  type TransferRequest,
  type TransferResult,
} from "../../lib/contract/transfer.ts";
import type { Problem } from "../../lib/errors.ts";
import { inUnits, type Kind, number, oneOf, type TextKind, text, whole } from "../../lib/fields/kinds.ts";
import { readText } from "../../lib/fields/read.ts";
import { readRun } from "../../services/rudp/program/transfer/settings.ts";
import type { Settings } from "../file/study.ts";
import { defineMeasure } from "./measure.ts";

interface Word extends TextKind<unknown> {
  /** The part of the request that a text means. */
  part(text: string): TransferRequest;
}

const BYTES = inUnits(whole(0, Number.MAX_SAFE_INTEGER), "bytes", "a size, such as 1MiB, instead of seconds");
const SECONDS = number(0, Number.MAX_VALUE, "seconds, such as 10");
const WARM_UP = inUnits(SECONDS, "millis", "a time, such as 2s, in which slow start ends", 1000);
const TARGET = text("host:port of a RUDP endpoint, such as rudp-sink:4000", (given) => /^[^:\s]+:\d+$/.test(given));
const CONTROLLER = text("a congestion controller of docs/rudp-reference.md, such as newreno or cubic", (given) =>
  /^[a-z-]+$/.test(given),
);

/** The texts of the words; the service's own rules say what their request may be. */
const WORDS: Readonly<Record<string, Word>> = {
  target: word(TARGET, (target) => ({ target })),
  direction: word(oneOf(...TRANSFER_DIRECTIONS), (direction) => ({ direction })),
  bytes: word(BYTES, (bytes) => ({ bytes })),
  seconds: word(SECONDS, (seconds) => ({ seconds })),
  connections: word(whole(1, 64), (connections) => ({ connections })),
  warmup: word(WARM_UP, (warmupSeconds) => ({ warmupSeconds })),
  controller: word(CONTROLLER, (controller) => ({ connection: { controller } })),
  transfers: word(whole(1, 100_000), () => ({})),
  "initial-window": word(whole(1, 1000), (initialWindowSegments) => ({ connection: { initialWindowSegments } })),
};

/** The words of other names than the settings and options that they are. */
const WORD_OF: Readonly<Record<string, string>> = {
  warmupSeconds: "warmup",
  initialWindowSegments: "initial-window",
};

/** Those of transfers that go on until they are cut off. */
const SEVERAL = ["connections", "warmup"];

function word<Value>(kind: Kind<Value>, partOf: (value: Value) => TransferRequest): Word {
  return {
    ...kind,
    part(given) {
      const value = kind.parse(given);
      return value === undefined ? {} : partOf(value);
    },
  };
}

export const rudp = defineMeasure<"rudp.run", TransferResult[]>({
  kind: "rudp",
  operation: "rudp.run",
  role: "rudp",
  words: Object.fromEntries(Object.entries(WORDS).map(([word, { allowed }]) => [word, allowed])),
  repeats: "transfers",
  quantities: [
    { name: "requestSeconds", unit: "s", meaning: "median time from opening the connection to the last byte" },
    { name: "connectSeconds", unit: "s", meaning: "median time of the handshake" },
    { name: "transfers", unit: "1", meaning: "transfers completed" },
    { name: "goodputBitsPerSecond", unit: "bit/s", meaning: "bits delivered, by the whole time" },
    {
      name: "connectionGoodputBitsPerSecond",
      unit: "bit/s",
      meaning: "bits that a connection delivered, the mean of all",
    },
  ],
  problems(words) {
    const unread = Object.entries(words).flatMap(([name, given]): Problem[] => {
      const read = readText(WORDS[name] as Word, name, given);
      return "problem" in read ? [read.problem] : [];
    });
    const several = SEVERAL.filter((word) => word in words);
    const isSending = "seconds" in words && words.direction === "send";
    const steady = {
      code: "E_CONFLICTING_KEYS",
      path: several[0] ?? "",
      message: "several connections, or some after a warm-up, send for some seconds",
      allowed: "seconds, and the direction send",
    };
    const repeated = {
      code: "E_CONFLICTING_KEYS",
      path: "transfers",
      message: "transfers of some bytes follow one another",
      allowed: "bytes",
    };
    return [
      ...unread,
      ...("transfers" in words && "seconds" in words ? [repeated] : []),
      ...(several.length === 0 || isSending ? [] : [steady]),
      // Without a word that cannot be read it would be another request.
      ...(unread.length > 0 ? [] : refusedByService(words)),
    ];
  },
  request: requestOf,
  async perform(request, ask, { transfers = "1" }) {
    const results: TransferResult[] = [];
    for (let nth = 0; nth < Number(transfers); nth += 1)
      results.push(await ask({ ...request, seed: (request.seed ?? 0) + nth }));
    return results;
  },
  /** No time of what was cut off: it is that of the words, and says nothing of the path. */
  values(results) {
    const medianOf = (of: (result: TransferResult) => number) => median(results.map(of));
    return {
      ...(results.some(isCut) ? {} : { requestSeconds: medianOf(({ elapsedSeconds }) => elapsedSeconds) }),
      connectSeconds: medianOf(({ connectSeconds }) => connectSeconds),
      ...(results[0]?.settings.bytes === null ? {} : { transfers: results.length }),
      goodputBitsPerSecond: medianOf(({ goodputBitsPerSecond }) => goodputBitsPerSecond),
      connectionGoodputBitsPerSecond: medianOf((result) => result.goodputBitsPerSecond / result.settings.connections),
      ...lossesOf(results),
    };
  },
  histograms: () => ({}),
  fault: () => null,
});

function requestOf(words: Settings, seed: number): TransferRequest {
  const parts = Object.entries(words).map(([name, given]) => WORDS[name]?.part(given) ?? {});
  const connection = Object.assign({}, ...parts.map((part) => part.connection ?? {}));
  return {
    target: "rudp-sink:4000",
    direction: "receive",
    ...Object.assign({}, ...parts),
    ...(SEVERAL.some((word) => word in words) ? { ending: "cut" } : {}),
    connection,
    seed,
  };
}

/** The service's problems of the request, at the words that it is made of. */
function refusedByService(words: Settings): Problem[] {
  return readRun(requestOf(words, 1)).problems.flatMap(({ path, code = "E_BAD_VALUE", ...problem }): Problem[] => {
    // No word is the ending: the words of several transfers, with problems of their own, are.
    return path === "ending" ? [] : [{ ...problem, code, path: WORD_OF[path] ?? path }];
  });
}

function isCut({ settings }: TransferResult): boolean {
  return settings.ending === "cut";
}

/** The sums of all transfers; none if the other end sent, which has them. */
function lossesOf(results: readonly TransferResult[]): Partial<SenderLosses> {
  const known = results.flatMap(({ losses }) => losses ?? []);
  if (known.length < results.length) return {};
  const sum = (of: (losses: SenderLosses) => number) => known.reduce((total, losses) => total + of(losses), 0);
  return {
    lossEvents: sum(({ lossEvents }) => lossEvents),
    timeouts: sum(({ timeouts }) => timeouts),
    resentSegments: sum(({ resentSegments }) => resentSegments),
  };
}
