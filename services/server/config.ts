// The server's configuration, from options and the environment (docs/container-contract.md). It is
// read once and checked as a whole. An option overrides its variable.

import { parseArgs } from "node:util";
import { columns } from "../../lib/columns.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { DEFAULT_LIMITS } from "./http/limits.ts";
import { SETTINGS, type Setting } from "./settings.ts";
import type { StructureConfig } from "./structures/structure.ts";
import type { StructureName } from "./structures/table.ts";

export interface Config {
  structure: StructureName;
  /** Address of the metrics; null: none. */
  managementAddress: string | null;
  /** Seed of the site to write under the root first; null: the root is served as it is. */
  seed: number | null;
  server: StructureConfig;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration, or null if help was requested. Throws E_USAGE for unknown options,
 * E_BAD_ENVIRONMENT with every bad value.
 */
export function readConfig(argv: string[], environment: Environment): Config | null {
  const options = parseOptions(argv);
  if (options.help === true) return null;
  const problems: Problem[] = [];
  const config = { server: { limits: DEFAULT_LIMITS } };
  for (const [path, setting] of Object.entries(SETTINGS as Record<string, Setting>)) {
    const given = options[setting.option];
    const text = typeof given === "string" ? given : (environment[setting.variable] ?? setting.default);
    const value = setting.read(text);
    if (value === undefined) {
      const name = typeof given === "string" ? `--${setting.option}` : setting.variable;
      const message = text === "" ? "is empty" : `${text} is not valid`;
      problems.push({ path: name, message, allowed: setting.allowed });
    }
    put(config, path.split("."), value);
  }
  const read = config as unknown as Config;
  problems.push(...idleProblems(read.server));
  if (problems.length > 0)
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the server's settings: they are not valid", { problems });
  return read;
}

/** The text of --help. */
export function helpText(): string {
  const rows = Object.values(SETTINGS as Record<string, Setting>).map((setting) => {
    const fallback = setting.default === "" ? "" : ` (${setting.default})`;
    return [`--${setting.option} ${setting.placeholder}`, `${setting.help}${fallback}; ${setting.variable}`];
  });
  return `Serves the files under a directory over HTTP/1.0 and HTTP/1.1, or echoes what it gets.

Usage: ./bin/rttlab server [options]

${columns(rows, { indent: "  " })}

Each option has an environment variable, which it overrides.

Example: ./bin/rttlab server --port 8080 --root site --generate 1
         serves a page with images at http://127.0.0.1:8080/
`;
}

function idleProblems({ timeouts }: StructureConfig): Problem[] {
  const { minimumMillis, maximumMillis } = timeouts.idle;
  // Either may be undefined, because a bad value is reported on its own.
  if (!(minimumMillis > maximumMillis)) return [];
  const allowed = `at most the maximum, ${maximumMillis}`;
  return [{ path: "SERVER_IDLE_MIN_MS", message: `${minimumMillis} is above the maximum`, allowed }];
}

/** Sets the value at a path of names and creates the objects on the way. */
function put(target: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name] = value;
  else {
    target[name] ??= {};
    put(target[name] as Record<string, unknown>, rest, value);
  }
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
