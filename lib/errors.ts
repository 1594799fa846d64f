// The one error type: what was attempted, why it failed, a stable code, and the cause. The code
// determines the exit status, so that a script can distinguish a bad file from a missing Docker.

/**
 * Exit statuses of every command. brokenPipe: 128 + SIGPIPE, as shells report a program whose
 * reader has gone away.
 */
export const EXIT = { done: 0, failed: 1, badInput: 2, unavailable: 3, outOfTolerance: 4, brokenPipe: 141 } as const;

const EXIT_BY_PREFIX: readonly (readonly [prefix: string, status: number])[] = [
  ["E_USAGE", EXIT.badInput],
  ["E_BAD_", EXIT.badInput],
  ["E_DOCKER_UNAVAILABLE", EXIT.unavailable],
  ["E_BACKEND_UNAVAILABLE", EXIT.unavailable],
  ["E_LINK_TOLERANCE", EXIT.outOfTolerance],
  ["E_BROKEN_PIPE", EXIT.brokenPipe],
];

/** One problem of an input: its place, the value found, and the allowed values. */
export interface Problem {
  /** Path in the file: `links.wan-a.forward.loss`. */
  path: string;
  /** The fault, with the value found: `120% is out of range`. */
  message: string;
  /** The allowed values: `0% to 100%`. Empty where a range makes no sense. */
  allowed: string;
  /** Stable code of this kind of problem, if it has one: `E_OUT_OF_RANGE`. */
  code?: string;
  /** Line of the file, from 1. */
  line?: number;
}

/**
 * An error that a person can act on. `message` is "attempt: reason"; docs/errors.md documents the
 * stable `code`.
 */
export class RttlabError extends Error {
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(code: string, message: string, options: { cause?: unknown; problems?: readonly Problem[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RttlabError";
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** The exit status of an error: 1 unless its code has another. */
export function exitStatus(error: unknown): number {
  if (!(error instanceof RttlabError)) return EXIT.failed;
  return EXIT_BY_PREFIX.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? EXIT.failed;
}

/**
 * The text for a terminal: code and message, each problem on its own line, then the chain of
 * causes.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const head = error instanceof RttlabError ? `${error.code}: ${error.message}` : error.message;
  const problems = error instanceof RttlabError ? error.problems.map(describeProblem) : [];
  const cause = error.cause === undefined ? [] : [`  because: ${describeError(error.cause)}`];
  return [head, ...problems, ...cause].join("\n");
}

function describeProblem({ path, message, allowed, code, line }: Problem): string {
  const where = line === undefined ? path : `line ${line}: ${path}`;
  return `  ${where}: ${message}${allowed === "" ? "" : ` (allowed: ${allowed})`}${code === undefined ? "" : ` [${code}]`}`;
}
