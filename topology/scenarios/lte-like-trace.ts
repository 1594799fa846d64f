// The trace of rates lte-like.csv: 50 s in which a phone's rate wanders as under LTE. It is not
// measured: the logarithm of the rate takes a random step each 200 ms and is drawn back to its
// mean, and now and then the phone has hardly any signal for a second. Same seed, same file.

import { randomSequence } from "../../lib/random.ts";

const SEED = 20;
const STEP_MILLIS = 200;
const SECONDS = 50;
const MEAN_BITS_PER_SECOND = 10e6;
/** Of the logarithm, each step. */
const DEVIATION = 0.3;
const DRAWN_BACK = 0.1;
const FADES_PER_STEP = 0.01;
const FADE_STEPS = 5;
const FADE_RATIO = 0.05;
const [LEAST, MOST] = [300e3, 40e6];

export function lteLikeTrace(): string {
  const random = randomSequence(SEED);
  let [deviation, fading] = [0, 0];
  const lines = Array.from({ length: (SECONDS * 1000) / STEP_MILLIS }, (_, at) => {
    // A sum of twelve is normal enough, with a deviation of 1.
    const step = Array.from({ length: 12 }, random).reduce((sum, each) => sum + each, -6);
    deviation += DEVIATION * step - DRAWN_BACK * deviation;
    fading = fading > 0 ? fading - 1 : random() < FADES_PER_STEP ? FADE_STEPS : 0;
    const rate = MEAN_BITS_PER_SECOND * Math.exp(deviation) * (fading > 0 ? FADE_RATIO : 1);
    const bits = Math.min(MOST, Math.max(LEAST, rate));
    return `${(at * STEP_MILLIS) / 1000}s,${Math.round(bits / 1000)}kbit`;
  });
  return ["# Generated (lte-like-trace.ts): a phone's rate as it wanders under LTE, not measured.", ...lines, ""].join(
    "\n",
  );
}
