// The octets of each request: a request of HTTP, or a message for an echo server. They are a
// function of (seed, stream, index), so two loads of a seed put the same octets on the wire. Octets
// that are wanted again are kept.

import type { LoadSettings } from "../../lib/contract/load/load.ts";
import { mostBytesOf, type Sizes } from "../../lib/contract/load/sizes.ts";
import { randomSequence } from "../../lib/random.ts";
import type { Message } from "../../lib/sockets/dial.ts";
import { requestBytes } from "./http/request.ts";
import { pathsOf } from "./paths.ts";
import { sizesOf } from "./sizes.ts";

/** Any more are made anew each time. */
const KEPT = 10_000;

export interface Asked {
  message: Message;
  /** Bytes of the body that answers it; null: unknown. */
  bytes: number | null;
}

export interface Asking {
  /** The request at `index` of a stream. */
  at(stream: number, index: number): Asked;
  /** The request for a path. */
  for(path: string): Asked;
}

export function askingOf(settings: LoadSettings, messageOf: (bytes: Buffer) => Message): Asking {
  return settings.protocol === "echo" ? echoed(settings, messageOf) : requested(settings, messageOf);
}

/** A message of n octets is the first n of a sequence of the seed. */
function echoed({ size, seed }: LoadSettings, messageOf: (bytes: Buffer) => Message): Asking {
  const sizes = size as Sizes;
  const sizeAt = sizesOf(sizes, seed);
  const next = randomSequence(seed);
  const longest = Buffer.alloc(mostBytesOf(sizes));
  for (let at = 0; at < longest.length; at++) longest[at] = next() * 256;
  const all = new Map<number, Asked>();
  const ofBytes = (bytes: number) =>
    kept(all, bytes, () => {
      return { message: messageOf(longest.subarray(0, bytes)), bytes };
    });
  return {
    at: (stream, index) => ofBytes(sizeAt(stream, index)),
    for(path) {
      throw new Error(`echoing ${path}: a message has no path`);
    },
  };
}

function requested(settings: LoadSettings, messageOf: (bytes: Buffer) => Message): Asking {
  const pathAt = pathsOf(settings);
  const sizeAt = settings.size === null ? null : sizesOf(settings.size, settings.seed);
  const wholes = new Map<string, Asked>();
  const parts = new Map<string, Asked>();
  const make = (path: string, bytes: number | null) => {
    return { message: messageOf(requestBytes(settings, path, bytes)), bytes };
  };
  const whole = (path: string) => kept(wholes, path, () => make(path, null));
  if (sizeAt === null) return { at: (stream, index) => whole(pathAt(stream, index)), for: whole };
  return {
    at(stream, index) {
      const [path, bytes] = [pathAt(stream, index), sizeAt(stream, index)];
      return kept(parts, `${bytes} ${path}`, () => make(path, bytes));
    },
    for: whole,
  };
}

function kept<Key>(all: Map<Key, Asked>, key: Key, make: () => Asked): Asked {
  const known = all.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (all.size < KEPT) all.set(key, made);
  return made;
}
