// The answer to a failing request: a line of text, or its replacement by ErrorDocument. A document
// of this site is found and judged like any other request, except where exactly the rules apply
// that applied to the request. If it cannot be shown, the answer is the line of text.

import { Buffer } from "node:buffer";
import type { Asked } from "../access/asked.ts";
import type { Rules } from "../access/rules.ts";
import { applyEnvironment, type Variables, variablesOf } from "../access/variables.ts";
import type { Response } from "../http/message.ts";
import { textResponse } from "../http/status.ts";
import { openFound, readAll } from "./content.ts";
import { mediaType } from "./media-type.ts";
import type { Steps } from "./operation.ts";
import { type TargetPath, targetPath } from "./path.ts";
import type { Origin, Resolved } from "./resolve.ts";

/** Why there is no better answer. `fields` are additional header lines. */
export interface Failure {
  status: number;
  reason: string;
  fields: string;
}

type Find = (path: TargetPath, asked: Pick<Asked, "request" | "client">, origin: Origin) => Steps<Resolved>;

/** The answer to a failure under `rules`. */
export function* errorResponse(
  { status, reason, fields }: Failure,
  rules: Rules | null,
  asked: Asked,
  find: Find,
): Steps<Response> {
  const document = rules?.errors.get(status);
  if (rules !== null && document !== undefined) {
    if (document.kind === "text")
      return withText(status, "text/html; charset=iso-8859-1", fields, Buffer.from(document.text, "latin1"));
    if (document.kind === "url") return textResponse(302, `see ${document.url}`, `Location: ${document.url}\r\n`);
    if (document.kind === "path") {
      const found = yield* documentAt(document.target, status, fields, rules, asked, find);
      if (found !== null) return found;
    }
  }
  return textResponse(status, reason, fields);
}

function* documentAt(
  target: string,
  status: number,
  fields: string,
  rules: Rules,
  asked: Asked,
  find: Find,
): Steps<Response | null> {
  const path = targetPath(target);
  if (typeof path === "number") return null;
  const method = asked.request.method === "HEAD" ? "HEAD" : "GET";
  const request = { ...asked.request, method, target };
  const variables = redirected(asked, rules, status);
  const found = yield* find(path, { request, client: asked.client }, { rules, variables });
  if (found.kind !== "file") return null;
  const file = yield* openFound(found.path);
  if (file === null) return null;
  const contentType = mediaType(found.name, found.rules?.types);
  return withText(status, contentType, fields, yield* readAll(file));
}

/** The variables of the failed request, under the names that Apache gives them. */
function redirected(asked: Asked, rules: Rules, status: number): Variables {
  const before = applyEnvironment(variablesOf(rules, asked), rules);
  return new Map([
    ...Array.from(before, ([name, value]) => [`redirect_${name}`, value] as const),
    ["redirect_status", String(status)],
  ]);
}

function withText(status: number, contentType: string, fields: string, content: Buffer): Response {
  const framing = `Content-Type: ${contentType}\r\nContent-Length: ${content.length}\r\n`;
  return { status, fields: fields + framing, content: [content] };
}
