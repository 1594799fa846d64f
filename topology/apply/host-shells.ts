// Commands in many containers, through one shell in each that stays. An exec for each command takes
// the machine some 40 ms, which a study would add to each of its runs.

import { PassThrough } from "node:stream";
import { RttlabError } from "../../lib/errors.ts";
import { type KeptShell, openShell, SHELL_LOOP } from "../../lib/kept-shell.ts";
import type { Engine } from "./docker.ts";
import { execute } from "./exec.ts";

const CODES = { failed: "E_EXEC", silent: "E_EXEC" };

export interface HostShells extends AsyncDisposable {
  /**
   * Output and errors of a command in a container. Throws E_EXEC with them if it fails,
   * E_NOT_RUNNING or E_NO_CONTAINER if the container has ended.
   */
  run(container: string, command: readonly string[]): Promise<string>;
}

export function openHostShells(engine: Engine): HostShells {
  const open = new Map<string, HostShell>();
  const shellIn = (container: string): HostShell => {
    const before = open.get(container);
    if (before !== undefined) return before;
    const shell = openHostShell(engine, container);
    open.set(container, shell);
    shell.ended.catch(() => open.delete(container));
    return shell;
  };
  return {
    run(container, command) {
      const { run, ended } = shellIn(container);
      return Promise.race([run(command), ended]);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map((shell) => shell.end()));
    },
  };
}

interface HostShell extends Pick<KeptShell, "run"> {
  /** Rejects when the shell is over, whoever ended it. */
  ended: Promise<never>;
  end(): Promise<void>;
}

function openHostShell(engine: Engine, container: string): HostShell {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const { run } = openShell(input, output, { where: container, codes: CODES });
  const ended = execute(engine, container, ["sh", "-c", `exec 2>&1\n${SHELL_LOOP}`], { input, output }).then(
    (status): never => {
      throw new RttlabError("E_NOT_RUNNING", `commands in ${container}: their shell ended, exit ${status}`);
    },
  );
  return {
    run,
    ended,
    async end() {
      input.end();
      await ended.catch(() => {});
    },
  };
}
