// The op `set`: other options for a running server. The program starts anew in the same process
// (execve(2)), so nothing of the structure before remains, neither threads nor compiled code, and
// the container goes on.

import type { Handler } from "../../lib/contract/contract.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { type Environment, isObject } from "../../lib/fields/read.ts";
import { readConfig } from "./config.ts";
import { SCENARIO_OPTIONS } from "./scenario-options.ts";
import type { Setting } from "./settings.ts";

/** The options in force, as texts. */
export function optionsIn(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SCENARIO_OPTIONS).map(([name, { variable, default: usual }]) => [
      name,
      environment[variable] ?? usual,
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
  const problems: Problem[] = [];
  const given = Object.entries(isObject(options) ? options : {});
  const variables = given.map(([name, text]) => {
    const option: Setting | undefined = Object.hasOwn(SCENARIO_OPTIONS, name) ? SCENARIO_OPTIONS[name] : undefined;
    if (option === undefined)
      problems.push({ path: name, message: "is no option", allowed: Object.keys(SCENARIO_OPTIONS).join(", ") });
    return [option?.variable ?? name, String(text)] as const;
  });
  if (problems.length > 0) throw new RttlabError("E_REQUEST", "changing the server's options: refused", { problems });
  return Object.fromEntries(variables);
}

function startAnew(environment: Environment): void {
  const variables = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const words = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve?.(process.execPath, words, Object.fromEntries(variables));
}
