// The background transfer: a small one every few seconds, so that dashboards have something to
// show.

import { setTimeout as delay } from "node:timers/promises";
import type { Unchecked } from "../../../lib/contract/contract.ts";
import type { Running } from "../../../lib/contract/serving/background.ts";
import type { BackgroundTransfer } from "../../../lib/contract/transfer.ts";
import { type Problem, RttlabError } from "../../../lib/errors.ts";

/** Checks what a request asks for. E_BAD_RUN with every problem. */
export function checkBackground(given: Unchecked<BackgroundTransfer>): BackgroundTransfer {
  const { target, bytes = 200_000, pauseMillis = 2000 } = given;
  const problems: Problem[] = [];
  const check = (path: string, value: unknown, isGood: boolean, allowed: string) => {
    if (!isGood) problems.push({ path, message: `${JSON.stringify(value) ?? "nothing"} is not allowed`, allowed });
  };
  const isWithin = (value: unknown, least: number, most: number) =>
    Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
  check(
    "target",
    target,
    typeof target === "string" && /^[^:]+:\d+$/.test(target),
    "host:port, by name or IPv4 address: RUDP runs over IPv4 only",
  );
  check("bytes", bytes, isWithin(bytes, 1, 1e9), "1 to 1e9 bytes");
  check("pauseMillis", pauseMillis, isWithin(pauseMillis, 100, 3_600_000), "100 to 3600000 ms");
  if (problems.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a background transfer: refused", { problems });
  return { target, bytes, pauseMillis } as BackgroundTransfer;
}

/**
 * Repeats transfers until it is ended, and aborts the one under way then. After a failed transfer
 * the next follows the usual pause.
 */
export function beginTransfers(
  wanted: BackgroundTransfer,
  transfer: (wanted: BackgroundTransfer, signal: AbortSignal) => Promise<unknown>,
): Running {
  const stop = new AbortController();
  const repeat = async () => {
    while (!stop.signal.aborted) {
      await transfer(wanted, stop.signal).catch(() => {});
      await delay(wanted.pauseMillis, null, { signal: stop.signal }).catch(() => {});
    }
  };
  const ended = repeat();
  return {
    async end() {
      stop.abort();
      await ended;
    },
  };
}
