// The packets at both ends and in the link, read once nothing is on its way any more.

import { setTimeout as sleep } from "node:timers/promises";
import { rttMillis } from "../../lib/link/link.ts";
import { type Account, countsCommand, parseCounts } from "./measurements/conservation.ts";
import type { End, LinkUnderTest, Tools } from "./under-test.ts";

const SETTLING_MILLIS = 100;
const LONGEST_MILLIS = 60_000;

export async function readAccount(test: LinkUnderTest, tools: Tools): Promise<Account> {
  const startedMillis = performance.now();
  for (;;) {
    await sleep(SETTLING_MILLIS);
    const account = await readNow(test, tools);
    const waitedMillis = performance.now() - startedMillis;
    if (!isUnderWay(account.undelivered) || waitedMillis > LONGEST_MILLIS + rttMillis(test.settings)) return account;
  }
}

export async function readNow({ ends: [first, second] }: LinkUnderTest, tools: Tools): Promise<Account> {
  const counts = async ({ container, address }: End) => parseCounts(await tools.run(container, countsCommand(address)));
  const [undelivered, atFirst, atSecond] = await Promise.all([tools.undelivered(), counts(first), counts(second)]);
  return { first: atFirst, second: atSecond, undelivered, atMillis: performance.now() };
}

function isUnderWay({ forward, backward }: Account["undelivered"]): boolean {
  return [forward, backward].some(({ propagating, queued }) => propagating.packets > 0 || queued.packets > 0);
}
