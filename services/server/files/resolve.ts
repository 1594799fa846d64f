// Resolves a request to a file, a redirect, or the reason for neither. The rules of the requested
// path are judged and, for a directory, those of its possible index files (mod_dir): a client who
// may not see one is shown the next.

import type { Stats } from "node:fs";
import type { Asked } from "../access/asked.ts";
import { type Check, createCheck, isAllowed, type NameSteps } from "../access/evaluate.ts";
import { noRules, type Rules, sameRules } from "../access/rules.ts";
import { applyEnvironment, type Variables, variablesOf } from "../access/variables.ts";
import type { Htaccess } from "./htaccess.ts";
import { isUnusable, lookup } from "./lookup.ts";
import type { Steps } from "./operation.ts";
import { encodedPath, octetsOf, resolvedPath, type TargetPath, targetPath } from "./path.ts";

export interface ResolveOptions {
  /** The document root as octets, without symbolic links. */
  root: string;
  /** Name of the index file where no rules name others. */
  index: string;
}

/**
 * The guard of a file: the rules of the requested path and, for a directory, those of its index
 * file if they differ.
 */
export interface Guard {
  uri: string;
  rules: Rules;
  index: Rules | null;
}

export type Resolved =
  | {
      kind: "file";
      path: string;
      name: string;
      stats: Stats;
      guard: Guard | null;
      /** The rules of the file itself, which determine its media type. */
      rules: Rules | null;
      /** Whether every client that the guard admits gets this file. */
      forAll: boolean;
    }
  | { kind: "redirect"; to: TargetPath }
  /**
   * `rules`: those whose ErrorDocument is shown. `denied`: refused by rules, whatever exists there
   * and whatever the method.
   */
  | { kind: "refused"; status: 400 | 403 | 404 | 500; rules: Rules | null; denied: boolean };

/**
 * The rules that have already admitted the client, and the existing variables: those of an answer
 * whose error document is sought.
 */
export interface Origin {
  rules: Rules | null;
  variables: Variables;
}

/** Where files are found, and how rules are judged. */
export interface Ground extends ResolveOptions {
  htaccess: Htaccess | null;
  /** Performs the look-ups of isAllowed and measures it. */
  judge: (rules: Rules, check: Check) => Steps<boolean>;
}

type From = Pick<Asked, "request" | "client">;

/** Finds what `path` stands for. */
export function* resolve(path: TargetPath, asked: From, ground: Ground, origin: Origin | null): Steps<Resolved> {
  const { found, rules } = yield* lookup(path, ground.root, ground.htaccess);
  if (isUnusable(rules)) return refused(rules === "broken" ? 500 : 403, null, true);
  if (found.kind === "refused" && found.early) return refused(found.status, null);
  const uri = resolvedPath(path);
  const check = rules === null ? null : checkOf({ uri, rules, index: null }, asked, origin?.variables);
  const isPassed = origin !== null && sameRules(origin.rules, rules);
  if (rules !== null && check !== null && !isPassed && !(yield* ground.judge(rules, check)))
    return refused(403, rules, true);
  if (found.kind === "refused") return refused(found.status, rules);
  if (found.kind === "file") {
    const guard = rules === null ? null : { uri, rules, index: null };
    return { ...found, guard, rules, forAll: true };
  }
  if (!found.slash) return { kind: "redirect", to: { ...path, slash: true } };
  const outer: Outer = { path, uri, rules: rules ?? noRules(), check };
  return yield* resolveIndex(outer, rules?.index ?? [octetsOf(ground.index)], asked, ground);
}

/** A directory that the client may see. */
interface Outer {
  path: TargetPath;
  uri: string;
  rules: Rules;
  check: Check | null;
}

/**
 * The first name that exists and that the client may see. A directory is passed over; if nothing
 * else is found, the client is redirected to it.
 */
function* resolveIndex(
  { path, uri, rules, check: outerCheck }: Outer,
  names: readonly string[],
  asked: From,
  { root, htaccess, judge }: Ground,
): Steps<Resolved> {
  let failure: Resolved = refused(403, rules);
  let forAll = true;
  let check = outerCheck;
  if (check !== null) check.variables = applyEnvironment(check.variables, rules);
  for (const name of names) {
    const to = targetPath(name.startsWith("/") ? name : `${encodedPath(path)}${name}`);
    if (typeof to === "number") {
      if (to !== 404) failure = refused(to, rules);
      continue;
    }
    const { found, rules: own } = yield* lookup(to, root, htaccess);
    if (isUnusable(own)) {
      failure = refused(own === "broken" ? 500 : 403, rules);
      continue;
    }
    const isSame = sameRules(own, rules);
    if (own !== null && !isSame) {
      check ??= checkOf({ uri, rules, index: null }, asked, undefined);
      if (!(yield* judge(own, check))) {
        forAll = false;
        failure = refused(403, rules);
        continue;
      }
    }
    if (found.kind === "file") {
      const guard = own === null && rules.sources.length === 0 ? null : { uri, rules, index: isSame ? null : own };
      return { ...found, guard, rules: own, forAll };
    }
    if (found.kind === "directory" && !found.slash) failure = { kind: "redirect", to: { ...to, slash: true } };
    else if (found.kind === "refused" && found.status !== 404) failure = refused(found.status, rules);
  }
  return failure;
}

/** Whether a guard lets a request through. */
export function* passes(guard: Guard, asked: From): NameSteps<boolean> {
  const check = checkOf(guard, asked, undefined);
  if (!(yield* isAllowed(guard.rules, check))) return false;
  if (guard.index === null) return true;
  check.variables = applyEnvironment(check.variables, guard.rules);
  return yield* isAllowed(guard.index, check);
}

function checkOf({ uri, rules }: Guard, { request, client }: From, before?: Variables): Check {
  const complete = { request, client, uri };
  return createCheck(complete, variablesOf(rules, complete, before));
}

function refused(status: 400 | 403 | 404 | 500, rules: Rules | null, denied = false): Resolved {
  return { kind: "refused", status, rules, denied };
}
