// Calibrates randomly drawn links, for the bench and for its small copy among the tests.

import type { Rig } from "./calibration-rig.ts";
import { type Judged, judgeCalibration } from "./calibration-verdicts.ts";
import { type DrawnLink, drawLink, isLight } from "./random-links.ts";

/**
 * Light links side by side, heavy ones alone, because a full link takes the processor from the
 * next.
 */
export async function calibrateMany(
  rig: Rig,
  seed: number,
  from: number,
  count: number,
  keep: (judged: Judged) => Promise<void>,
): Promise<Judged[]> {
  const drawn = Array.from({ length: count }, (_, at) => ({ index: from + at, link: drawLink(seed, from + at) }));
  const judged: Judged[] = [];
  const one = async (name: string, index: number, link: DrawnLink) => {
    const result = await calibrateOne(rig, name, index, link);
    judged.push(result);
    await keep(result);
  };
  const light = drawn.filter(({ link }) => isLight(link));
  const lane = async (name: string) => {
    for (let next = light.shift(); next !== undefined; next = light.shift()) await one(name, next.index, next.link);
  };
  await Promise.all(rig.links.map(lane));
  for (const { index, link } of drawn.filter((each) => !isLight(each.link))) {
    await one(rig.links[0] as string, index, link);
  }
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
