// Calibrates links drawn at random, for the bench and for its small copy among the tests.

import type { Rig } from "./calibration-rig.ts";
import { type Judged, judgeCalibration } from "./calibration-verdicts.ts";
import { type DrawnLink, drawLink } from "./random-links.ts";

export interface Draw {
  seed: number;
  /** The links to calibrate, of those that the seed gives. */
  indices: readonly number[];
  /** The highest rate drawn. */
  ceilingBitsPerSecond?: number;
}

/**
 * Links of the rig beside one another, each taking the next one drawn; they share the machine as
 * links of a scenario do. `begins`: whether another may be begun.
 */
export async function calibrateMany(
  rig: Rig,
  { seed, indices, ceilingBitsPerSecond }: Draw,
  keep: (judged: Judged) => Promise<void> = async () => {},
  begins: () => boolean = () => true,
): Promise<Judged[]> {
  const left = [...indices];
  const judged: Judged[] = [];
  const lane = async (name: string) => {
    for (let index = left.shift(); index !== undefined && begins(); index = left.shift()) {
      const result = await calibrateOne(rig, name, index, drawLink(seed, index, ceilingBitsPerSecond));
      judged.push(result);
      await keep(result);
    }
  };
  await Promise.all(rig.links.map(lane));
  return judged;
}

async function calibrateOne(rig: Rig, name: string, index: number, link: DrawnLink): Promise<Judged> {
  const startedMillis = performance.now();
  const seconds = () => (performance.now() - startedMillis) / 1000;
  try {
    await rig.set(name, link.made);
  } catch (error) {
    return { index, link, seconds: seconds(), outcome: "refused", summary: `refused: ${(error as Error).message}` };
  }
  try {
    const calibration = await rig.calibrate(name, link.declared);
    return { index, link, seconds: seconds(), ...judgeCalibration(link, calibration), calibration };
  } catch (error) {
    return { index, link, seconds: seconds(), outcome: "failed", summary: `failed: ${(error as Error).message}` };
  }
}
