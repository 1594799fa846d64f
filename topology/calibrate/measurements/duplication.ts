// Duplication: packets of the loss test that arrived twice.

import type { Check } from "../../../lib/contract/calibration.ts";
import type { StreamFacts } from "./facts.ts";
import { checkShare } from "./share-of-packets.ts";

export function checkDuplication({ direction: { duplicationRatio }, sample, rates }: StreamFacts): Check[] {
  if (duplicationRatio === 0) return [];
  return [checkShare("duplication", duplicationRatio, 1, sample?.copies, sample, rates, "arrived twice")];
}
