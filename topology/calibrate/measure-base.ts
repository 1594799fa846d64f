// The path with every qdisc taken away: its own cost, and whether offloads are off. TCP needs a
// path without loss, and offloads do not depend on qdiscs, so the largest packet is sought here.

import type { Check } from "../../lib/contract/calibration.ts";
import { RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import type { LinkSettings } from "../../lib/link/link.ts";
import {
  bulkCommand,
  captureCommand,
  checkLargestPacket,
  parseBulk,
  parseCapture,
} from "./measurements/largest-packet.ts";
import { takeEchoes } from "./take-echoes.ts";
import type { Base, LinkUnderTest, Tools } from "./under-test.ts";

const BARE: LinkSettings = { forward: UNIMPAIRED, backward: UNIMPAIRED, seed: null };
/** A path quieter than this needs no second look. */
const QUIET_MILLIS = 0.3;
const SAMPLES = 3;
const PATIENCE_MILLIS = 60_000;

export function measureBase(test: LinkUnderTest, tools: Tools): Promise<Base> {
  tools.onStep("the bare path");
  return tools.whileBare(async () => ({ ...(await quietestEchoes(test, tools)), ...(await measureTcp(test, tools)) }));
}

/**
 * The sample that the machine disturbed least. A machine that has just built its images may take
 * seconds to carry anything.
 */
async function quietestEchoes(
  test: LinkUnderTest,
  tools: Tools,
): Promise<Pick<Base, "forward" | "backward" | "echoes">> {
  const endMillis = performance.now() + PATIENCE_MILLIS;
  let best: Pick<Base, "forward" | "backward" | "echoes"> | undefined;
  for (let whole = 0; ; ) {
    const { story, forward, backward, echoes } = await takeEchoes(test, tools, BARE);
    if (forward !== undefined && backward !== undefined && echoes !== undefined) {
      const taken = { forward, backward, echoes };
      whole += 1;
      if (best === undefined || spread(taken) < spread(best)) best = taken;
    }
    const isOver = performance.now() > endMillis;
    if (best !== undefined && (isOver || whole >= SAMPLES || spread(best) < QUIET_MILLIS)) return best;
    if (isOver) {
      const reason = `too little came through it for ${PATIENCE_MILLIS / 1000} s: at last, ${story}`;
      throw new RttlabError("E_MEASUREMENT", `measuring the bare path: ${reason}`);
    }
  }
}

function spread({ forward, backward }: Pick<Base, "forward" | "backward">): number {
  return Math.max(forward.spreadMillis, backward.spreadMillis);
}

interface Tcp {
  largest: Check;
  ceilingBitsPerSecond: number | null;
}

/** A few megabytes; longer if a busy machine began to capture only after they had passed. */
async function measureTcp(test: LinkUnderTest, tools: Tools): Promise<Tcp> {
  const { forward, backward } = test.settings;
  const isUnlimited = forward.rateBitsPerSecond === null || backward.rateBitsPerSecond === null;
  let tcp: Tcp | undefined;
  for (const seconds of isUnlimited ? [1, 3] : [null, 1, 3]) {
    tcp = await runTcp(test, tools, seconds);
    if (tcp.largest.verdict !== "unjudged") break;
  }
  return tcp as Tcp;
}

async function runTcp({ ends, container, between }: LinkUnderTest, tools: Tools, seconds: number | null): Promise<Tcp> {
  const places = [
    { name: `${between[0]} probe`, container: ends[0].container },
    { name: `${between[1]} probe`, container: ends[1].container },
    { name: "link", container },
  ];
  const [printed, report] = await tools.share(Number.POSITIVE_INFINITY, () =>
    Promise.all([
      Promise.all(places.map((place) => tools.attempt(place.container, captureCommand()))),
      tools.attempt(ends[0].container, bulkCommand(ends[1].address, seconds)),
    ]),
  );
  const captures = Object.fromEntries(places.map(({ name }, at) => [name, parseCapture(printed[at]?.stdout ?? "")]));
  return {
    largest: checkLargestPacket(captures),
    ceilingBitsPerSecond: seconds === null ? null : parseBulk(report.stdout),
  };
}
