// The elements of a comparison with Apache: files of rules, and requests.

/**
 * A directory: its .htaccess and, if not null, those of `in`, where the files are, and of `in/sub`.
 * `%BASE%` is its path.
 */
export interface Trial {
  outer: string;
  inner: string | null;
  sub: string | null;
  asks: readonly Ask[];
}

/**
 * A request with a path below the directory or an absolute-form target. `clients` are its source
 * addresses.
 */
export interface Ask {
  path: string;
  method: string;
  version: string;
  fields: readonly string[];
  clients: readonly string[];
}

/** The requesting clients, by address. */
export const CLIENTS = ["127.0.0.1", "127.9.8.7"];

/** A request for a path in `in`, by the first client. */
export function ask(path: string, options: Partial<Ask> = {}): Ask {
  return { path, method: "GET", version: "1.0", fields: [], clients: CLIENTS.slice(0, 1), ...options };
}

/** A trial with one file of rules, or more, requesting `in/file` or the given paths. */
export function trial(
  outer: string,
  asks: readonly (Ask | string)[] = ["in/file"],
  inner?: string,
  sub?: string,
): Trial {
  return {
    outer: `${outer}\n`,
    inner: inner ?? null,
    sub: sub ?? null,
    asks: asks.map((one) => (typeof one === "string" ? ask(one) : one)),
  };
}

/** A request for `in/file` with these fields. */
export function fields(...lines: string[]): Ask {
  return ask("in/file", { fields: lines });
}

/** Requests for `in/file` by each kind of method. */
export const METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "BREW"].map((method) => ask("in/file", { method }));

export const DENY = "Require all denied";

/** Rules that let nobody in if a variable V is set, after the given lines. */
export function unlessV(lines: string): string {
  return `${lines}\n<RequireAll>\nRequire all granted\nRequire not env V\n</RequireAll>`;
}
