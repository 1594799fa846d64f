// The quantities of one direction, by the sample that they come from. A new one is a file and a
// line here. Those with a sample of their own are separate: loss (loss.ts), slots (slots.ts), and
// what an AQM lets stand (standing.ts).

import type { Check } from "../../../lib/contract/calibration.ts";
import { checkConservation, checkMissed } from "./conservation.ts";
import { checkCorruption } from "./corruption.ts";
import { checkDelay } from "./delay.ts";
import { checkDuplication } from "./duplication.ts";
import type { BurstFacts, CountedFacts, EchoFacts, StreamFacts } from "./facts.ts";
import { checkJitter } from "./jitter.ts";
import { checkJitterShape } from "./jitter-shape.ts";
import { checkLossBursts } from "./loss-bursts.ts";
import { checkQueue } from "./queue.ts";
import { checkRate } from "./rate.ts";
import { checkReordering } from "./reordering.ts";

/** A quantity that the settings lack gives no check. */
type Measurement<Facts> = (facts: Facts) => Check[];

const BY_ECHOES: readonly Measurement<EchoFacts>[] = [checkDelay, checkJitter, checkJitterShape];
const BY_STREAM: readonly Measurement<StreamFacts>[] = [
  checkLossBursts,
  checkReordering,
  checkDuplication,
  checkCorruption,
];
const BY_BURSTS: readonly Measurement<BurstFacts>[] = [checkRate, checkQueue];
const BY_COUNTERS: readonly Measurement<CountedFacts>[] = [checkConservation, checkMissed];

export function checksOfEchoes(facts: EchoFacts): Check[] {
  return BY_ECHOES.flatMap((measurement) => measurement(facts));
}

export function checksOfStream(facts: StreamFacts): Check[] {
  return BY_STREAM.flatMap((measurement) => measurement(facts));
}

export function checksOfBursts(facts: BurstFacts): Check[] {
  return BY_BURSTS.flatMap((measurement) => measurement(facts));
}

export function checksOfCounters(facts: CountedFacts): Check[] {
  return BY_COUNTERS.flatMap((measurement) => measurement(facts));
}
