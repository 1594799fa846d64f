// The words of a capture: `on=site-a seconds=10 size=10MB tcp port 80`. From the first word that is
// none of these keys on, they are a filter in tcpdump's language (pcap-filter(7)).

import type { Problem } from "../../lib/errors.ts";
import { inUnits, number, oneOf, whole } from "../../lib/fields/kinds.ts";
import { type Fields, readTexts } from "../../lib/fields/read.ts";

export interface CaptureWish {
  /** The network at whose end of the link packets are seen; `both` for either end. */
  on: string;
  seconds: number;
  /** Of the file, at most. */
  bytes: number;
  /** Empty: every packet. */
  filter: string;
}

const BOTH = "both";
const KEYS = { on: "on", seconds: "seconds", bytes: "size" } as const;

/** Reads the words; with every problem that they have without tcpdump. */
export function readCaptureWords(
  words: readonly string[],
  networks: readonly string[],
): { wish: CaptureWish; problems: Problem[] } {
  const fields: Fields<Omit<CaptureWish, "filter">> = {
    on: { ...oneOf(...networks, BOTH), usual: BOTH },
    seconds: { ...number(0.1, 3600), usual: 60 },
    bytes: { ...inUnits(whole(1000, 10e9), "bytes", "1kB to 10GB"), usual: 100e6 },
  };
  const isKey = (word: string) => Object.values(KEYS).some((key) => word.startsWith(`${key}=`));
  const end = words.findIndex((word) => !isKey(word));
  const keyed = end < 0 ? words : words.slice(0, end);
  const textsOf = (key: string) =>
    keyed.filter((word) => word.startsWith(`${key}=`)).map((word) => word.slice(key.length + 1));
  const { values, problems } = readTexts(fields, (name) => ({ path: KEYS[name], text: textsOf(KEYS[name])[0] }));
  const repeated = Object.values(KEYS).filter((key) => textsOf(key).length > 1);
  const twice = repeated.map((path): Problem => {
    return { code: "E_DUPLICATE_KEY", path, message: "is given twice", allowed: "once" };
  });
  const filter = words.slice(keyed.length).join(" ");
  return { wish: { ...values, filter }, problems: [...problems, ...twice] };
}
