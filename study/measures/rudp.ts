// A transfer by RUDP, from opening its connection to the last byte; or, with connections or a
// warm-up, several that send for some seconds and are cut off at the end.

import { TRANSFER_DIRECTIONS, type TransferRequest } from "../../lib/contract/transfer.ts";
import type { Problem } from "../../lib/errors.ts";
import { parseQuantity } from "../../lib/units.ts";
import type { MeasureKind } from "./measure.ts";

interface Word {
  allowed: string;
  /** What the word adds to the request; undefined if `text` is unreadable. */
  read(text: string): TransferRequest | undefined;
}

const option = (name: string, value: string | number) => ({ connection: { [name]: value } });
const whole = (text: string, least: number, most: number) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
};

const WORDS: Readonly<Record<string, Word>> = {
  target: {
    allowed: "host:port of a RUDP endpoint, such as rudp-sink:4000",
    read: (text) => (/^[^:\s]+:\d+$/.test(text) ? { target: text } : undefined),
  },
  direction: {
    allowed: "send, receive or both",
    read: (text) => {
      const direction = TRANSFER_DIRECTIONS.find((name) => name === text);
      return direction === undefined ? undefined : { direction };
    },
  },
  bytes: {
    allowed: "a size, such as 1MiB, instead of seconds",
    read(text) {
      const bytes = parseQuantity(text, "bytes");
      return bytes === undefined ? undefined : { bytes: Math.round(bytes) };
    },
  },
  seconds: {
    allowed: "seconds, such as 10",
    read: (text) => (/^\d+(\.\d+)?$/.test(text) ? { seconds: Number(text) } : undefined),
  },
  connections: {
    allowed: "a whole number, 1 to 64",
    read(text) {
      const connections = whole(text, 1, 64);
      return connections === undefined ? undefined : { connections };
    },
  },
  warmup: {
    allowed: "a time, such as 2s, in which slow start ends",
    read(text) {
      const millis = parseQuantity(text, "millis");
      return millis === undefined ? undefined : { warmupSeconds: millis / 1000 };
    },
  },
  controller: {
    allowed: "a congestion controller of docs/rudp-reference.md, such as newreno or cubic",
    read: (text) => (/^[a-z-]+$/.test(text) ? option("controller", text) : undefined),
  },
  "initial-window": {
    allowed: "a whole number, 1 to 1000",
    read(text) {
      const segments = whole(text, 1, 1000);
      return segments === undefined ? undefined : option("initialWindowSegments", segments);
    },
  },
};

export const rudp: MeasureKind<"rudp.run"> = {
  kind: "rudp",
  operation: "rudp.run",
  role: "rudp",
  words: Object.fromEntries(Object.entries(WORDS).map(([word, { allowed }]) => [word, allowed])),
  quantities: [
    { name: "requestSeconds", unit: "s", meaning: "time from opening the connection to the last byte" },
    { name: "connectSeconds", unit: "s", meaning: "time of the handshake" },
    { name: "goodputBitsPerSecond", unit: "bit/s", meaning: "bits delivered, by the whole time" },
    {
      name: "connectionGoodputBitsPerSecond",
      unit: "bit/s",
      meaning: "bits that a connection delivered, the mean of all",
    },
  ],
  problems(words) {
    const bad = Object.entries(words).flatMap(([word, text]): Problem[] =>
      WORDS[word]?.read(text) === undefined
        ? [{ code: "E_BAD_VALUE", path: word, message: `${text} cannot be read`, allowed: WORDS[word]?.allowed ?? "" }]
        : [],
    );
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
    return [...bad, ...(isOne ? [] : [both]), ...(several.length === 0 || isSending ? [] : [steady])];
  },
  request(words, seed) {
    const parts = Object.entries(words).map(([word, text]) => WORDS[word]?.read(text) ?? {});
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
  values({ settings, elapsedSeconds, connectSeconds, goodputBitsPerSecond, lossEvents }) {
    return {
      requestSeconds: elapsedSeconds,
      connectSeconds,
      goodputBitsPerSecond,
      connectionGoodputBitsPerSecond: goodputBitsPerSecond / settings.connections,
      lossEvents,
    };
  },
  histograms: () => ({}),
  fault: () => null,
};
