// Commands in many containers, through one shell in each that stays. An exec for each command takes
// the machine some 40 ms, which a study would add to each of its runs.

import { PassThrough } from "node:stream";
import { RttlabError } from "../../lib/errors.ts";
import { type KeptShell, openShell, SHELL_LOOP } from "../../lib/kept-shell.ts";
import type { Engine } from "./docker.ts";
import { execute } from "./exec.ts";
import { ANSWERS_WITHIN_MILLIS, startPatience } from "./request.ts";

/** A shell in a paused container is silent. */
const CODES = { failed: "E_EXEC", silent: "E_NOT_RUNNING" };

export interface HostShells extends AsyncDisposable {
  /**
   * Output and errors of a command in a container. Throws E_EXEC with them if it fails,
   * E_NOT_RUNNING or E_NO_CONTAINER if the container has ended or does not answer.
   */
  run(container: string, command: readonly string[]): Promise<string>;
}

export function openHostShells(engine: Engine): HostShells {
  const open = new Map<string, HostShell>();
  const forget = (container: string, shell: HostShell) => {
    if (open.get(container) === shell) open.delete(container);
  };
  const shellIn = (container: string): HostShell => {
    const before = open.get(container);
    if (before !== undefined) return before;
    const shell = openHostShell(engine, container);
    open.set(container, shell);
    shell.ended.catch(() => forget(container, shell));
    return shell;
  };
  return {
    async run(container, command) {
      const shell = shellIn(container);
      try {
        return await shell.run(command);
      } catch (error) {
        if ((error as RttlabError).code !== CODES.failed) {
          forget(container, shell);
          shell.leave(error);
        }
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map((shell) => shell.end()));
    },
  };
}

interface HostShell extends Pick<KeptShell, "run"> {
  /** Rejects when it is over. */
  ended: Promise<never>;
  /** Gives it up at once. */
  leave(reason: unknown): void;
  end(): Promise<void>;
}

function openHostShell(engine: Engine, container: string): HostShell {
  const [input, output, hung] = [new PassThrough(), new PassThrough(), new AbortController()];
  const shell = ["sh", "-c", `exec 2>&1\n${SHELL_LOOP}`];
  const ended = execute(engine, container, shell, { input, output, signal: hung.signal }).then((status): never => {
    throw new RttlabError("E_NOT_RUNNING", `commands in ${container}: their shell ended, exit ${status}`);
  });
  ended.catch(() => {}); // those that wait for an answer say so
  const { run } = openShell(input, output, { where: container, codes: CODES, ended });
  return {
    run,
    ended,
    leave: (reason) => hung.abort(reason),
    async end() {
      input.end();
      const patience = startPatience(`ending commands in ${container}`, ANSWERS_WITHIN_MILLIS, (silent) =>
        hung.abort(silent),
      );
      await ended.catch(() => {}).finally(patience.over);
    },
  };
}
