// The op `set`: other options for a running server. The program starts anew in the same process
// (execve(2)), so nothing of the structure before remains, neither threads nor compiled code, and
// the container goes on.

import type { Handler } from "../../lib/contract/contract.ts";
import { RttlabError } from "../../lib/errors.ts";
import { type Environment, isObject, outOfRange, unknownNames } from "../../lib/fields/read.ts";
import { readConfig } from "./config.ts";
import { SCENARIO_OPTIONS } from "./scenario-options.ts";

/** The options in force, as texts. */
export function optionsIn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SCENARIO_OPTIONS).map(([name, { variable, usual, format }]) => [
      name,
      environment[variable] || format(usual),
    ]),
  );
}

/**
 * Checks the options as a whole; the server starts anew when the client has its answer. `close`
 * ends what the server has open.
 */
export function changeOptions(close: () => Promise<void>): Handler<"server.set"> {
  return ({ options }, _emit, signal) => {
    const environment = { ...process.env, ...variablesOf(options) };
    readConfig(process.argv.slice(2), environment);
    signal.addEventListener("abort", () => void close().then(() => startAnew(environment)), { once: true });
    return { restarts: true };
  };
}

function variablesOf(options: unknown): Environment {
  const problems = isObject(options)
    ? unknownNames(SCENARIO_OPTIONS, options)
    : [outOfRange("options", options, "a text by option")];
  if (problems.length > 0) throw new RttlabError("E_REQUEST", "changing the server's options: refused", { problems });
  const given = Object.entries(isObject(options) ? options : {});
  return Object.fromEntries(given.map(([name, text]) => [SCENARIO_OPTIONS[name]?.variable, String(text)]));
}

function startAnew(environment: Environment): void {
  const variables = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, Object.fromEntries(variables));
}
