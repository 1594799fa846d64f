// The background transfer: a small one every few seconds, so that dashboards have something to
// show.

import { setTimeout as delay } from "node:timers/promises";
import type { Unchecked } from "../../../lib/contract/contract.ts";
import type { Running } from "../../../lib/contract/serving/background.ts";
import type { BackgroundTransfer } from "../../../lib/contract/transfer.ts";
import { RttlabError } from "../../../lib/errors.ts";
import { whole } from "../../../lib/fields/kinds.ts";
import { type Fields, readObject } from "../../../lib/fields/read.ts";
import { TARGET } from "./target.ts";

const FIELDS: Fields<BackgroundTransfer> = {
  target: TARGET,
  bytes: { ...whole(1, 1e9, "1 to 1e9 bytes"), usual: 200_000 },
  pauseMillis: { ...whole(100, 3_600_000, "100 to 3600000 ms"), usual: 2000 },
};

/** Checks a request's transfer. E_BAD_RUN with every problem. */
export function checkBackground(given: Unchecked<BackgroundTransfer>): BackgroundTransfer {
  const { values, problems } = readObject(FIELDS, given);
  if (problems.length > 0) throw new RttlabError("E_BAD_RUN", "preparing a background transfer: refused", { problems });
  return values;
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
