// Transfers by RUDP one after another, each from opening its connection to the last byte; or, with
// connections or a warm-up, several that send for some seconds and are cut off at the end.

import { median } from "../../analysis/stats/summary.ts";
import { TRANSFER_DIRECTIONS, type TransferRequest, type TransferResult } from "../../lib/contract/transfer.ts";
import type { Problem } from "../../lib/errors.ts";
import { inUnits, type Kind, number, oneOf, type TextKind, text, whole } from "../../lib/fields/kinds.ts";
import { readText } from "../../lib/fields/read.ts";
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

/** The service checks the ranges of the request. */
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
    const bad = Object.entries(words).flatMap(([name, given]): Problem[] => {
      const read = readText(WORDS[name] as Word, name, given);
      return "problem" in read ? [read.problem] : [];
    });
    const isOne = "bytes" in words !== "seconds" in words;
    const both = {
      code: "E_CONFLICTING_KEYS",
      path: "bytes",
      message: "bytes or seconds bound a transfer",
      allowed: "one of them",
    };
    const several = ["connections", "warmup"].filter((word) => word in words);
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
      ...bad,
      ...(isOne ? [] : [both]),
      ...("transfers" in words && "seconds" in words ? [repeated] : []),
      ...(several.length === 0 || isSending ? [] : [steady]),
    ];
  },
  request(words, seed) {
    const parts = Object.entries(words).map(([name, given]) => WORDS[name]?.part(given) ?? {});
    const connection = Object.assign({}, ...parts.map((part) => part.connection ?? {}));
    return {
      target: "rudp-sink:4000",
      direction: "receive",
      ...Object.assign({}, ...parts),
      ...("connections" in words || "warmup" in words ? { ending: "cut" } : {}),
      connection,
      seed,
    };
  },
  async perform(request, ask, { transfers = "1" }) {
    const results: TransferResult[] = [];
    for (let nth = 0; nth < Number(transfers); nth += 1)
      results.push(await ask({ ...request, seed: (request.seed ?? 0) + nth }));
    return results;
  },
  values(results) {
    const medianOf = (of: (result: TransferResult) => number) => median(results.map(of));
    return {
      requestSeconds: medianOf(({ elapsedSeconds }) => elapsedSeconds),
      connectSeconds: medianOf(({ connectSeconds }) => connectSeconds),
      ...(results[0]?.settings.bytes === null ? {} : { transfers: results.length }),
      goodputBitsPerSecond: medianOf(({ goodputBitsPerSecond }) => goodputBitsPerSecond),
      connectionGoodputBitsPerSecond: medianOf((result) => result.goodputBitsPerSecond / result.settings.connections),
      lossEvents: results.reduce((sum, { lossEvents }) => sum + lossEvents, 0),
    };
  },
  histograms: () => ({}),
  fault: () => null,
});
