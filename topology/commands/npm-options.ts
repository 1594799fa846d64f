// npm consumes options: `npm run topology status --json` arrives as `status`, with
// npm_config_json=true in the environment. Options that can be restored from there are; others are
// refused with a spelling that works.

import { RttlabError } from "../../lib/errors.ts";

/**
 * npm's own options whose short forms people mean for the command inside `exec` (-c is npm's
 * --call, and it swallows the next word).
 */
const SWALLOWED_BY_EXEC = ["call"];

/**
 * The arguments with the options that npm took out, and with `json`, the word that npm passes on,
 * as the option it means.
 */
export function restoreOptions(args: string[], environment: NodeJS.ProcessEnv): string[] {
  const [command, ...rest] = args;
  if (command === undefined) return args;
  const taken = environment.npm_lifecycle_event !== undefined && isSet(environment, "json") ? ["--json"] : [];
  if (command === "exec") return [command, ...taken, ...rest];
  const isJson = (word: string) => word === "json" || word === "--json";
  const json = taken.length > 0 || rest.some(isJson) ? ["--json"] : [];
  return [command, ...json, ...rest.filter((word) => !isJson(word))];
}

/** Throws E_USAGE if npm took an option that was meant for a command in a host. */
export function refuseSwallowedOptions(words: string[], environment: NodeJS.ProcessEnv): void {
  const taken = SWALLOWED_BY_EXEC.find((name) => isSet(environment, name));
  if (environment.npm_lifecycle_event === undefined || taken === undefined) return;
  throw new RttlabError(
    "E_USAGE",
    `exec ${words.join(" ")}: npm took an option of the command for itself (as its own --${taken}); ` +
      "put -- before the first word: npm run topology -- exec HOST COMMAND -c 3 …",
  );
}

function isSet(environment: NodeJS.ProcessEnv, name: string): boolean {
  const value = environment[`npm_config_${name}`];
  return value !== undefined && value !== "" && value !== "false";
}
