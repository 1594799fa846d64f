// The rate that a server just holds, searched for by open loads one after another, as the load
// generator does with `find=saturation` (lib/contract/load/saturation.ts has the criterion).

import type { LoadRequest } from "../../lib/contract/load/load.ts";
import { findSaturation, readSearch, type Saturation, SEARCHED } from "../../lib/contract/load/saturation.ts";
import { LOAD_FIELDS } from "../../lib/contract/load/settings.ts";
import type { Settings } from "../file/study.ts";
import { givenWords, known, load, problemsOf } from "./load.ts";
import { defineMeasure } from "./measure.ts";

const WORDS = Object.fromEntries(Object.entries(load.words).filter(([word]) => !SEARCHED.includes(word)));
/** Loads that a search mostly takes: one user, four rates to double, six to halve between. */
const USUAL_LOADS = 11;

export const saturation = defineMeasure<"loadgen.run", Saturation>({
  kind: "saturation",
  operation: "loadgen.run",
  role: "loadgen",
  words: { ...WORDS, seconds: `${LOAD_FIELDS.seconds.allowed} of each load; 2 when left out` },
  loads: USUAL_LOADS,
  quantities: [
    { name: "heldPerSecond", unit: "1/s", meaning: "the highest offered rate that was held" },
    { name: "tooHighPerSecond", unit: "1/s", meaning: "the lowest offered rate above it that was not" },
    { name: "kneePerSecond", unit: "1/s", meaning: "the geometric mean of both" },
    { name: "unloadedSeconds", unit: "s", meaning: "median time of a request of one user alone" },
  ],
  problems(words) {
    return problemsOf(() => requestOf(words, 1));
  },
  request: requestOf,
  perform: (request, ask) => findSaturation(request, ask, () => undefined),
  values({ heldPerSecond, tooHighPerSecond, kneePerSecond, unloaded }) {
    return known({
      heldPerSecond,
      tooHighPerSecond,
      kneePerSecond,
      unloadedSeconds: unloaded.p50Micros === null ? null : unloaded.p50Micros / 1e6,
    });
  },
  histograms: () => ({}),
  fault: ({ kneePerSecond, ended }) => (kneePerSecond === null ? `the search found no knee: ${ended}` : null),
  ownFault: ({ invalid }) => (invalid.length > 0 ? `the knee may be the generator's own: ${invalid.join("; ")}` : null),
  spunSeconds: ({ generator }) => generator.spunSeconds,
});

function requestOf(words: Settings, seed: number): LoadRequest {
  const search = readSearch(["find=saturation", ...givenWords(words)]) as LoadRequest;
  return { ...search, seed, rttMillis: 1 };
}
