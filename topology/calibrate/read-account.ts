// The packets at both ends and in the link, read once nothing is on its way any more.

import { setTimeout as sleep } from "node:timers/promises";
import { rttMillis } from "../../lib/link.ts";
import { type Account, countsCommand, parseCounts } from "./measurements/conservation.ts";
import type { LinkUnderTest, Tools } from "./under-test.ts";

const SETTLING_MILLIS = 100;
const LONGEST_MILLIS = 60_000;

export async function readAccount({ ends, settings }: LinkUnderTest, tools: Tools): Promise<Account> {
  const startedMillis = performance.now();
  await sleep(SETTLING_MILLIS);
  let undelivered = await tools.undelivered();
  while (isUnderWay(undelivered) && performance.now() - startedMillis < LONGEST_MILLIS + rttMillis(settings)) {
    await sleep(SETTLING_MILLIS);
    undelivered = await tools.undelivered();
  }
  await sleep(SETTLING_MILLIS);
  const [first, second] = await Promise.all(
    ends.map(async ({ container, address }) => parseCounts(await tools.run(container, countsCommand(address)))),
  );
  if (first === undefined || second === undefined) throw new TypeError("a link has two ends");
  return { first, second, undelivered: await tools.undelivered(), atMillis: performance.now() };
}

function isUnderWay({ forward, backward }: Account["undelivered"]): boolean {
  return [forward, backward].some(({ propagating, queued }) => propagating.packets > 0 || queued.packets > 0);
}
