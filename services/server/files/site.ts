// The site: requests in, responses out. `respondNow` answers from memory; where that cannot be, `respond` gives the steps to take.

import type { Request, Response } from "../http/message.ts";
import { ALLOW, KNOWN_METHODS } from "../http/methods.ts";
import { textResponse } from "../http/status.ts";
import { type CacheOptions, createCache } from "./cache.ts";
import { type LookupOptions, lookup } from "./lookup.ts";
import { closeFile, openFile, readStart, type Steps } from "./operation.ts";
import { targetPath, withoutQuery } from "./path.ts";
import { etagOf, type Representation, representationOf } from "./representation.ts";

export interface SiteOptions extends LookupOptions {
  cache: CacheOptions;
}

export interface Site {
  /** The answer, when nothing has to be waited for. */
  respondNow(request: Request, nowMillis: number): Response | undefined;
  /** The answer to anything. */
  respond(request: Request, nowMillis: number): Steps<Response>;
}

const REASONS = {
  400: "the path is malformed or leads above the root",
  403: "this may not be read",
  404: "nothing is here",
} as const;

export function createSite(options: SiteOptions): Site {
  const cache = createCache(options.cache);

  function respondNow(request: Request, nowMillis: number): Response | undefined {
    if (request.method !== "GET" && request.method !== "HEAD") return respondToMethod(request);
    return cache.fresh(withoutQuery(request.target), nowMillis)?.response;
  }

  function* respond(request: Request, nowMillis: number): Steps<Response> {
    const key = withoutQuery(request.target);
    const path = targetPath(request.target);
    if (typeof path === "number") return textResponse(path, REASONS[path]);
    const found = yield* lookup(path, options);
    if (found.kind !== "file") cache.remove(key);
    if (found.kind === "refused") return textResponse(found.status, REASONS[found.status]);
    if (found.kind === "directory") return redirectToSlash(request);
    const known = cache.stale(key);
    if (known?.representation.path === found.path && known.representation.etag === etagOf(found.stats)) {
      known.checkedAtMillis = nowMillis;
      return known.response;
    }
    const representation = representationOf(found.path, found.stats);
    if (found.stats.size > Math.min(options.cache.fileBytes, options.cache.bytes))
      return yield* fromFile(representation, request);
    yield* readContent(representation);
    const response = fullResponse(representation);
    cache.put(key, { representation, response, checkedAtMillis: nowMillis, used: false });
    return response;
  }

  return { respondNow, respond };
}

function respondToMethod({ method }: Request): Response | undefined {
  if (method === "OPTIONS") return { status: 204, fields: ALLOW, content: [] };
  if (KNOWN_METHODS.has(method)) return textResponse(405, "only reading is possible here", ALLOW);
  return textResponse(501, "nobody knows this method");
}

function redirectToSlash(request: Request): Response {
  const path = withoutQuery(request.target);
  const query = request.target.slice(path.length);
  // A path of `//host` would read as another server's address.
  const location = `${path.replace(/^\/+/, "/")}/${query}`;
  return textResponse(301, `see ${location}`, `Location: ${location}\r\n`);
}

function fullResponse(representation: Representation): Response {
  const { fields, length, content } = representation;
  return { status: 200, fields: `${fields}Content-Length: ${length}\r\n`, content: content === null ? [] : [content] };
}

function* readContent(representation: Representation): Steps<void> {
  const descriptor = yield* openFile(representation.path);
  try {
    representation.content = yield* readStart(descriptor, representation.length);
    representation.length = representation.content.length;
  } finally {
    yield* closeFile(descriptor);
  }
}

function* fromFile(representation: Representation, request: Request): Steps<Response> {
  const response = fullResponse(representation);
  if (request.method === "HEAD" || representation.length === 0) return response;
  const descriptor = yield* openFile(representation.path);
  return { ...response, content: [{ descriptor, start: 0, end: representation.length, closes: true }] };
}
