// The site: requests in, responses out. `respondNow` answers from memory; where that cannot be, `respond` gives the steps to take.

import { Buffer } from "node:buffer";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { performance } from "node:perf_hooks";
import { type Client, isAllowed } from "../access/evaluate.ts";
import type { Rules } from "../access/rules.ts";
import { isConditional } from "../http/conditional.ts";
import type { Piece, Request, Response } from "../http/message.ts";
import { ALLOW, KNOWN_METHODS } from "../http/methods.ts";
import { type Description, type Outline, outline, wholeOutline } from "../http/representation.ts";
import { textResponse } from "../http/status.ts";
import { type CacheOptions, createCache } from "./cache.ts";
import { describeFile, etagOf } from "./description.ts";
import { createHtaccessReader, type ReportUnusable } from "./htaccess.ts";
import { isUnusable, type LookupOptions, lookup } from "./lookup.ts";
import { closeFile, type OpenedFile, openFile, readStart, type Steps } from "./operation.ts";
import { encodedPath, encodedQuery, type TargetPath, targetPath, withoutQuery } from "./path.ts";

export interface SiteOptions extends LookupOptions {
  cache: CacheOptions;
  /** Whether .htaccess files are read. They are never served. */
  htaccess: boolean;
}

export interface Site {
  /** The answer, when nothing has to be waited for. */
  respondNow(request: Request, client: Client, nowMillis: number): Response | undefined;
  /** The answer to anything. Who sends it closes the files in it. */
  respond(request: Request, client: Client, nowMillis: number): Steps<Response>;
}

/** Told of what happens inside. */
export interface SiteObserver {
  brokenRules: ReportUnusable;
  /** A request was judged by access rules, in so many milliseconds, name look-ups included. */
  judged(millis: number): void;
}

const REASONS = {
  400: "the path is malformed or leads above the root",
  500: "the access rules of this place are broken",
  403: "this may not be read",
  404: "nothing is here",
} as const;

/** A site over the files of a document root. Each thread has its own, with its own cache. */
export function createSite(options: SiteOptions, observer: SiteObserver): Site {
  const htaccess = options.htaccess ? createHtaccessReader(observer.brokenRules) : null;
  const cache = createCache(options.cache);
  const largestHeld = Math.min(options.cache.fileBytes, options.cache.bytes);

  function respondNow(request: Request, client: Client, nowMillis: number): Response | undefined {
    if (request.method !== "GET" && request.method !== "HEAD") return respondToMethod(request);
    const entry = cache.fresh(withoutQuery(request.target), nowMillis);
    if (entry === undefined) return undefined;
    if (entry.rules !== null) {
      const began = performance.now();
      const judged = isAllowed(entry.rules, request, client).next();
      if (!judged.done) return undefined;
      observer.judged(performance.now() - began);
      if (!judged.value) return textResponse(403, REASONS[403]);
    }
    return isConditional(request) ? fromMemory(request, entry.description, entry.content, nowMillis) : entry.response;
  }

  function* respond(request: Request, client: Client, nowMillis: number): Steps<Response> {
    const key = withoutQuery(request.target);
    const path = targetPath(request.target);
    if (typeof path === "number") return textResponse(path, REASONS[path]);
    const { found, rules } = yield* lookup(path, options, htaccess);
    if (found.kind !== "file" || isUnusable(rules)) cache.remove(key);
    if (rules === "broken") return textResponse(500, REASONS[500]);
    if (rules === "unreadable") return textResponse(403, REASONS[403]);
    if (rules !== null && !(yield* judge(rules, request, client))) return textResponse(403, REASONS[403]);
    if (found.kind === "refused") return textResponse(found.status, REASONS[found.status]);
    if (found.kind === "directory") return redirectToSlash(path, request);
    const held = cache.stale(key);
    if (held !== undefined && held.path === found.path && held.description.etag === etagOf(found.stats)) {
      held.checkedAtMillis = nowMillis;
      held.rules = rules;
      return fromMemory(request, held.description, held.content, nowMillis);
    }
    const isLarge = found.stats.size > largestHeld;
    if (isLarge) cache.remove(key);
    if (isLarge && request.method === "HEAD")
      return withoutContent(outline(request, describeFile(found.path, found.stats, nowMillis), nowMillis, randomUUID));
    const file = yield* openFile(found.path);
    if (!file.stats.isFile() || (file.stats.mode & constants.S_IROTH) === 0) {
      yield* closeFile(file.descriptor);
      return textResponse(403, REASONS[403]);
    }
    const description = describeFile(found.path, file.stats, nowMillis);
    if (isLarge) return yield* fromFile(file, outline(request, description, nowMillis, randomUUID));
    const content = yield* readAll(file);
    description.length = content.length;
    const response = withContent(wholeOutline(description), content);
    cache.put(key, {
      path: found.path,
      rules,
      description,
      content,
      response,
      checkedAtMillis: nowMillis,
      used: false,
    });
    return fromMemory(request, description, content, nowMillis);
  }

  function* judge(rules: Rules, request: Request, client: Client): Steps<boolean> {
    const began = performance.now();
    const allowed = yield* isAllowed(rules, request, client);
    observer.judged(performance.now() - began);
    return allowed;
  }

  return { respondNow, respond };
}

function respondToMethod({ method }: Request): Response {
  if (method === "OPTIONS") return { status: 204, fields: ALLOW, content: [] };
  if (KNOWN_METHODS.has(method)) return textResponse(405, "only reading is possible here", ALLOW);
  return textResponse(501, "nobody knows this method");
}

/** To the path as it was resolved, not as it was written: `//host` or `/\host` would read as another server's address. */
function redirectToSlash(path: TargetPath, { target }: Request): Response {
  const location = `${encodedPath(path)}/${encodedQuery(target.slice(withoutQuery(target).length))}`;
  return textResponse(301, `see ${location}`, `Location: ${location}\r\n`);
}

function fromMemory(request: Request, description: Description, content: Buffer, nowMillis: number): Response {
  return withContent(outline(request, description, nowMillis, randomUUID), content);
}

function withContent({ status, fields, content }: Outline, octets: Buffer): Response {
  const pieces = content.map((piece) => (Buffer.isBuffer(piece) ? piece : octets.subarray(piece.start, piece.end)));
  return { status, fields, content: pieces };
}

function withoutContent({ status, fields }: Outline): Response {
  return { status, fields, content: [] };
}

/** The file stays open for the ranges of it that are to be sent, and is closed when there are none. */
function* fromFile({ descriptor }: OpenedFile, { status, fields, content }: Outline): Steps<Response> {
  const last = content.findLastIndex((piece) => !Buffer.isBuffer(piece));
  if (last === -1) yield* closeFile(descriptor);
  const pieces = content.map(
    (piece, index): Piece => (Buffer.isBuffer(piece) ? piece : { descriptor, ...piece, closes: index === last }),
  );
  return { status, fields, content: pieces };
}

function* readAll({ descriptor, stats }: OpenedFile): Steps<Buffer> {
  try {
    return yield* readStart(descriptor, stats.size);
  } finally {
    yield* closeFile(descriptor);
  }
}
