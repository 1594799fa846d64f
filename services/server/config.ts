// The server's configuration, from options and the environment, read once, checked whole, frozen (docs/container-contract.md).
// An option wins over its variable.

import { parseArgs } from "node:util";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import type { HttpVersion } from "./http/message.ts";
import { SETTINGS, type Setting } from "./settings.ts";
import type { SocketKind } from "./sockets/kinds.ts";
import type { StructureName } from "./structures/table.ts";

export interface Config {
  address: string;
  port: number;
  /** Where metrics listen; null: nowhere. */
  managementAddress: string | null;
  structure: StructureName;
  sockets: SocketKind;
  /** 0: one per core. */
  workers: number;
  root: string;
  /** Seed of the site that is written under the root first; null: the root is served as it is. */
  seed: number | null;
  index: string;
  version: HttpVersion;
  htaccess: "on" | "off";
  cacheBytes: number;
  cacheFileBytes: number;
  cacheRevalidateMillis: number;
  idleMinimumMillis: number;
  idleMaximumMillis: number;
  idleCapacity: number;
  headMillis: number;
  contentMillis: number;
  writeMillis: number;
  lingerMillis: number;
  serverTiming: "on" | "off";
  accessLog: "none" | "common";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration, or null when help was asked for. Throws E_USAGE for unknown options, E_BAD_ENVIRONMENT with every bad value. */
export function readConfig(argv: string[], environment: Environment): Readonly<Config> | null {
  const options = parseOptions(argv);
  if (options.help === true) return null;
  const problems: Problem[] = [];
  const entries = Object.entries(SETTINGS as Record<string, Setting>).map(([name, setting]) => {
    const given = options[setting.option];
    const text = typeof given === "string" ? given : (environment[setting.variable] ?? setting.default);
    const value = setting.read(text);
    if (value === undefined) {
      const path = typeof given === "string" ? `--${setting.option}` : setting.variable;
      problems.push({
        path,
        message: `${text === "" ? "is empty" : `${text} is not valid`}`,
        allowed: setting.allowed,
      });
    }
    return [name, value];
  });
  const config = Object.fromEntries(entries) as unknown as Config;
  if (config.idleMinimumMillis > config.idleMaximumMillis) {
    const allowed = `at most the maximum, ${config.idleMaximumMillis}`;
    problems.push({ path: "SERVER_IDLE_MIN_MS", message: `${config.idleMinimumMillis} is above the maximum`, allowed });
  }
  if (problems.length > 0)
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the server's settings: they are not valid", { problems });
  return Object.freeze(config);
}

/** The text of --help. */
export function helpText(): string {
  const lines = Object.values(SETTINGS as Record<string, Setting>).map((setting) => {
    const left = `--${setting.option} ${setting.placeholder}`.padEnd(28);
    const fallback = setting.default === "" ? "" : ` (${setting.default})`;
    return `  ${left}${setting.help}${fallback}; ${setting.variable}`;
  });
  return `Serves the files under a directory over HTTP/1.0 and HTTP/1.1.

Usage: ./bin/rttlab server [options]

${lines.join("\n")}

Each option has an environment variable, which it overrides.

Example: ./bin/rttlab server --port 8080 --root site --generate 1
         serves a page with images at http://127.0.0.1:8080/
`;
}

function parseOptions(argv: string[]): Record<string, string | boolean | undefined> {
  const names = Object.values(SETTINGS).map(({ option }) => [option, { type: "string" }] as const);
  const options = { ...Object.fromEntries(names), help: { type: "boolean", short: "h" } as const };
  try {
    return parseArgs({ args: argv, options, strict: true }).values as Record<string, string | boolean | undefined>;
  } catch (cause) {
    throw new RttlabError("E_USAGE", `reading the options: ${(cause as Error).message}`);
  }
}
