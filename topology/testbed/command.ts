// A command in a host or link that can be ended from here. Docker passes no signals to an exec, so
// a second exec sends them to the command and to everything that it has started.

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { RttlabError } from "../../lib/errors.ts";
import type { Engine } from "../apply/docker.ts";
import { type ExecOptions, execute } from "../apply/exec.ts";

export interface Command {
  /**
   * Runs it to its end and passes on signals that arrive here; rejects with the reason for which it
   * was ended.
   */
  run(options: ExecOptions): Promise<number>;
  /** Ends the running command, because its output can go nowhere. */
  end(reason: RttlabError): void;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const MARK = "RTTLAB_EXEC";
/**
 * Sends the signal `$1` to every process whose environment has the line `$2`; fails if there is
 * none.
 */
const SEND = `sent=1
for process in /proc/[0-9]*; do
  grep -qszxF "$2" "$process/environ" && kill -s "$1" "\${process#/proc/}" && sent=0
done
exit $sent`;
/**
 * The first is the signal of a shell's pipe, which some programs ignore, those of Node for example.
 */
const ENDING = ["PIPE", "TERM", "KILL"] as const;
const ENDS_WITHIN_MILLIS = 1000;
const STARTS_WITHIN_MILLIS = 5000;

/** A command to run in a container. */
export function commandIn(engine: Engine, container: string, command: readonly string[]): Command {
  const mark = `${MARK}=${randomUUID()}`;
  const ended = new AbortController();
  let endedFor: RttlabError | null = null;

  const send = async (signal: string) => {
    const words = ["sh", "-c", SEND, "sh", signal, mark];
    // a signal may arrive before the command has started
    const until = performance.now() + STARTS_WITHIN_MILLIS;
    while (!ended.signal.aborted && performance.now() < until) {
      if ((await execute(engine, container, words)) === 0) return;
      await delay(100);
    }
  };
  // A container that is gone has ended the command as well.
  const pass = (signal: NodeJS.Signals) => void send(signal.replace("SIG", "")).catch(() => {});
  const insist = async () => {
    for (const signal of ENDING) {
      await send(signal);
      await delay(ENDS_WITHIN_MILLIS, null, { signal: ended.signal });
    }
  };

  return {
    end(reason) {
      if (endedFor === null) insist().catch(() => {});
      endedFor ??= reason;
    },
    async run(options) {
      for (const signal of SIGNALS) process.on(signal, pass);
      try {
        const status = await execute(engine, container, command, { ...options, environment: [mark] });
        if (endedFor !== null) throw endedFor;
        return status;
      } finally {
        ended.abort();
        for (const signal of SIGNALS) process.off(signal, pass);
      }
    },
  };
}
