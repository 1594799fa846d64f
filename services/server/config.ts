// The server's configuration, from options and the environment (docs/container-contract.md). It is
// read once and checked as a whole. An option overrides its variable.

import { isIPv6 } from "node:net";
import { parseArgs } from "node:util";
import { columns } from "../../lib/columns.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { type Environment, readTexts, unknownName } from "../../lib/fields/read.ts";
import { DEFAULT_LIMITS } from "./http/limits.ts";
import { type Config, SETTINGS, type Setting, type Settings } from "./settings.ts";
import type { StructureConfig } from "./structures/structure.ts";

/**
 * The configuration, or null if help was requested. Throws E_USAGE if an option is not known or has
 * no value, else E_BAD_ENVIRONMENT, with every problem.
 */
export function readConfig(argv: string[], environment: Environment): Config | null {
  const { options, problems: ofUsage } = parseOptions(argv);
  if (options.help === true) return null;
  const { values, problems } = readTexts(SETTINGS, (path) => {
    const { option, variable } = SETTINGS[path];
    const given = options[option];
    if (typeof given === "string") return { path: `--${option}`, text: given };
    return { path: variable, text: environment[variable] || undefined };
  });
  const config = { server: { limits: DEFAULT_LIMITS } };
  for (const [path, value] of Object.entries(values)) put(config, path.split("."), value);
  const read = config as unknown as Config;
  const all = [...problems, ...idleProblems(read.server), ...transportProblems(read)];
  if (ofUsage.length > 0)
    throw new RttlabError("E_USAGE", "reading the options: refused", { problems: [...ofUsage, ...all] });
  if (all.length > 0)
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the server's settings: they are not valid", { problems: all });
  return read;
}

/** The text of --help. */
export function helpText(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ option, placeholder, help, variable, usual, format }) => {
      const fallback = format(usual);
      return [`--${option} ${placeholder}`, `${help}${fallback === "" ? "" : ` (${fallback})`}; ${variable}`];
    },
  );
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

/** Settings that RUDP lacks. A bad value is undefined here, because it is reported on its own. */
function transportProblems({ server }: Config): Problem[] {
  if (server.transport !== "rudp") return [];
  const contradictions: [option: keyof Settings, given: string, reason: string | false][] = [
    ["server.address", server.address, isIPv6(server.address) && "RUDP runs over IPv4 only"],
    ["server.nodelay", "off", server.nodelay === false && "RUDP has no Nagle's algorithm"],
    ["server.writes", "parts", server.writes === "parts" && "RUDP makes its segments of a stream, not of writes"],
  ];
  return contradictions
    .filter(([, , reason]) => typeof reason === "string")
    .map(([path, given, reason]) => ({
      path: SETTINGS[path].variable,
      message: `${given} cannot be with the transport rudp: ${reason}`,
      allowed: "the transport tcp",
    }));
}

/** Sets the value at a path of names and creates the objects on the way. */
function put(target: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) target[name] = value;
  else {
    target[name] ??= {};
    put(target[name] as Record<string, unknown>, rest, value);
  }
}

function parseOptions(argv: string[]) {
  const names = Object.values(SETTINGS).map(({ option }) => [option, { type: "string" }] as const);
  const known = { ...Object.fromEntries(names), help: { type: "boolean", short: "h" } as const };
  const given = { args: argv, options: known, strict: false, allowPositionals: true, tokens: true } as const;
  const { values, tokens } = parseArgs(given);
  const problems = tokens.flatMap((token, at): Problem[] => {
    if (token.kind === "positional") {
      const before = tokens[at - 1];
      const isValue = before?.kind === "option" && before.value === undefined; // of one that is not known
      const [path, message] = [token.value, "stands behind no option"];
      return isValue ? [] : [{ code: "E_UNKNOWN_KEY", path, message, allowed: "--option value" }];
    }
    if (token.kind !== "option") return [];
    const { name, rawName, value } = token;
    if (!Object.hasOwn(known, name))
      return [
        unknownName(
          rawName,
          Object.keys(known).map((each) => `--${each}`),
        ),
      ];
    const allowed = Object.values(SETTINGS).find(({ option }) => option === name)?.allowed;
    return value === undefined && allowed !== undefined
      ? [{ code: "E_MISSING_KEY", path: rawName, message: "needs a value", allowed }]
      : [];
  });
  return { options: values, problems };
}
