// One transfer by RUDP, from opening its connection to the last byte.

import { TRANSFER_DIRECTIONS, type TransferRequest } from "../../lib/contract/transfer.ts";
import type { Problem } from "../../lib/errors.ts";
import { parseQuantity } from "../../lib/units.ts";
import type { MeasureKind } from "./measure.ts";

interface Word {
  allowed: string;
  /** What the word adds to the request; undefined when `text` cannot be read. */
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
  controller: {
    allowed: "a congestion controller of docs/rudp.md, such as newreno or cubic",
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
    return [...bad, ...(isOne ? [] : [both])];
  },
  request(words, seed) {
    const parts = Object.entries(words).map(([word, text]) => WORDS[word]?.read(text) ?? {});
    const connection = Object.assign({}, ...parts.map((part) => part.connection ?? {}));
    return {
      target: "rudp-sink:4000",
      direction: "receive",
      ...Object.assign({}, ...parts),
      connection,
      seed,
    };
  },
  values({ elapsedSeconds, connectSeconds, goodputBitsPerSecond }) {
    return { requestSeconds: elapsedSeconds, connectSeconds, goodputBitsPerSecond };
  },
  histograms: () => ({}),
  fault: () => null,
};
