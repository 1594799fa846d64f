// The site: requests in, responses out. `respondNow` answers from memory; where that is impossible,
// `respond` gives the steps to take.

import type { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { Client } from "../access/asked.ts";
import { type Check, isAllowed } from "../access/evaluate.ts";
import type { Rules } from "../access/rules.ts";
import { isConditional } from "../http/conditional.ts";
import type { Request, Response } from "../http/message.ts";
import { ALLOW, KNOWN_METHODS } from "../http/methods.ts";
import { type Description, outline, wholeOutline } from "../http/representation.ts";
import { textResponse } from "../http/status.ts";
import { type CacheOptions, createCache } from "./cache.ts";
import { fromFile, openFound, readAll, withContent, withoutContent } from "./content.ts";
import { describeFile, etagOf } from "./description.ts";
import { errorResponse, type Failure } from "./error-document.ts";
import { createHtaccess, type ReportUnusable } from "./htaccess.ts";
import { mediaType } from "./media-type.ts";
import type { Steps } from "./operation.ts";
import {
  encodedPath,
  encodedQuery,
  octetsOf,
  resolvedPath,
  type TargetPath,
  targetPath,
  withoutQuery,
} from "./path.ts";
import { type Origin, passes, type Resolved, type ResolveOptions, resolve } from "./resolve.ts";

export interface SiteOptions extends ResolveOptions {
  /** Absolute path of the document root, without symbolic links. */
  root: string;
  cache: CacheOptions;
  /** Whether .htaccess files are read. They are never served. */
  htaccess: boolean;
}

export interface Site {
  /** The answer, if it needs no waiting. */
  respondNow(request: Request, client: Client, nowMillis: number): Response | undefined;
  /** The answer to any request. The sender closes the files in it. */
  respond(request: Request, client: Client, nowMillis: number): Steps<Response>;
}

/** Called for events inside the site. */
export interface SiteObserver {
  brokenRules: ReportUnusable;
  /** Access rules judged a request in this time, including name look-ups. */
  accessEvaluated(millis: number): void;
}

const REASONS = {
  400: "the path is malformed or leads above the root",
  500: "the access rules of this place are broken",
  403: "this may not be read",
  404: "nothing is here",
} as const;

type FoundFile = Extract<Resolved, { kind: "file" }>;

/** A site over the files of a document root. Each thread has its own, with its own cache. */
export function createSite(siteOptions: SiteOptions, observer: SiteObserver): Site {
  const options = { ...siteOptions, root: octetsOf(siteOptions.root) };
  const htaccess = options.htaccess ? createHtaccess(observer.brokenRules) : null;
  const cache = createCache(options.cache);
  const largestHeld = Math.min(options.cache.fileBytes, options.cache.bytes);

  function respondNow(request: Request, client: Client, nowMillis: number): Response | undefined {
    if (!isRead(request)) {
      const mayBeDenied = htaccess !== null && request.target.startsWith("/");
      return mayBeDenied ? undefined : respondToMethod(request);
    }
    const entry = cache.fresh(withoutQuery(request.target), nowMillis);
    if (entry === undefined) return undefined;
    if (entry.guard !== null) {
      const began = performance.now();
      const judged = passes(entry.guard, { request, client }).next();
      if (!judged.done) return undefined;
      observer.accessEvaluated(performance.now() - began);
      if (!judged.value) {
        // Another index file or an error document may be for this client.
        const { index, rules } = entry.guard;
        return index === null && rules.errors.size === 0 ? textResponse(403, REASONS[403]) : undefined;
      }
    }
    return isConditional(request) ? fromMemory(request, entry.description, entry.content, nowMillis) : entry.response;
  }

  function* respond(request: Request, client: Client, nowMillis: number): Steps<Response> {
    const path = request.target.startsWith("/") ? targetPath(request.target) : 400;
    if (typeof path === "number") return isRead(request) ? textResponse(path, REASONS[path]) : respondToMethod(request);
    const key = withoutQuery(request.target);
    const resolved = yield* find(path, { request, client }, null);
    const fail = (failure: Failure, rules: Rules | null) =>
      errorResponse(failure, rules, { request, client, uri: resolvedPath(path) }, find);
    if (resolved.kind === "refused" && (isRead(request) || resolved.denied)) {
      cache.remove(key);
      const { status, rules } = resolved;
      return yield* fail({ status, reason: REASONS[status], fields: "" }, rules);
    }
    if (!isRead(request)) {
      const refusal = methodRefusal(request);
      return refusal === null ? respondToMethod(request) : yield* fail(refusal, rulesOf(resolved));
    }
    if (resolved.kind === "file") return yield* respondWithFile(resolved, key, request, nowMillis);
    cache.remove(key);
    return redirectTo((resolved as Extract<Resolved, { kind: "redirect" }>).to, request);
  }

  function find(path: TargetPath, asked: { request: Request; client: Client }, origin: Origin | null) {
    return resolve(path, asked, { ...options, htaccess, judge }, origin);
  }

  function* respondWithFile(found: FoundFile, key: string, request: Request, nowMillis: number): Steps<Response> {
    const { path, name, stats, guard, rules } = found;
    const held = cache.stale(key);
    if (held?.path === path && isAsHeld(held.description, found)) {
      held.checkedAtMillis = found.forAll ? nowMillis : Number.NEGATIVE_INFINITY;
      held.guard = guard;
      return fromMemory(request, held.description, held.content, nowMillis);
    }
    const isLarge = stats.size > largestHeld;
    if (isLarge) cache.remove(key);
    if (isLarge && request.method === "HEAD")
      return withoutContent(
        outline(request, describeFile(name, stats, nowMillis, rules?.types), nowMillis, randomUUID),
      );
    const file = yield* openFound(path);
    if (file === null) return textResponse(403, REASONS[403]);
    const description = describeFile(name, file.stats, nowMillis, rules?.types);
    if (isLarge) return yield* fromFile(file, outline(request, description, nowMillis, randomUUID));
    const content = yield* readAll(file);
    description.length = content.length;
    const response = withContent(wholeOutline(description), content);
    const checkedAtMillis = found.forAll ? nowMillis : Number.NEGATIVE_INFINITY;
    cache.put(key, { path, guard, description, content, response, checkedAtMillis, used: false });
    return fromMemory(request, description, content, nowMillis);
  }

  function* judge(rules: Rules, check: Check): Steps<boolean> {
    const began = performance.now();
    const allowed = yield* isAllowed(rules, check);
    observer.accessEvaluated(performance.now() - began);
    return allowed;
  }

  return { respondNow, respond };
}

/** Whether the cached description of a file is what it would be now. */
function isAsHeld(held: Description, { name, stats, rules }: FoundFile): boolean {
  return held.etag === etagOf(stats) && held.contentType === mediaType(name, rules?.types);
}

function isRead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function respondToMethod(request: Request): Response {
  const refusal = methodRefusal(request);
  if (refusal === null) return { status: 204, fields: ALLOW, content: [] };
  return textResponse(refusal.status, refusal.reason, refusal.fields);
}

/** Why a method is refused; null for OPTIONS. */
function methodRefusal({ method }: Request): Failure | null {
  if (method === "OPTIONS") return null;
  if (KNOWN_METHODS.has(method)) return { status: 405, reason: "only reading is possible here", fields: ALLOW };
  return { status: 501, reason: "nobody knows this method", fields: "" };
}

function rulesOf(resolved: Resolved): Rules | null {
  return resolved.kind === "redirect" ? null : resolved.rules;
}

/**
 * The address of a directory, built from the resolved path: the requested text might read as
 * another server's.
 */
function redirectTo(path: TargetPath, { target }: Request): Response {
  const query = target.slice(withoutQuery(target).length);
  const location = encodedPath(path) + encodedQuery(query);
  return textResponse(301, `see ${location}`, `Location: ${location}\r\n`);
}

function fromMemory(request: Request, description: Description, content: Buffer, nowMillis: number): Response {
  return withContent(outline(request, description, nowMillis, randomUUID), content);
}
