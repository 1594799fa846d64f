// A page as a browser loads it: the document, then the objects that it names, over connections of
// the page's own. The plans of its connections have been compared since Nielsen and others,
// "Network performance effects of HTTP/1.1, CSS1, and PNG", SIGCOMM 1997. The objects begin when
// the whole document has been read, as in the page model (analysis/models).

import { type Attempted, attempt, type Exchanges, hostOf, requestFor, retire } from "./attempt.ts";
import type { Connection } from "./connection.ts";
import { objectsOf } from "./objects.ts";

/** Of a longer document, only this part is searched for objects. */
const MOST_DOCUMENT_BYTES = 16 * 1024 ** 2;

/**
 * Loads a page that began at `begunAtMillis`; returns whether it failed. After a failure nothing
 * more of it is requested.
 */
export async function loadPage(exchanges: Exchanges, begunAtMillis: number): Promise<boolean> {
  const { settings, observe } = exchanges;
  const { page: plan, path, connections } = settings;
  const document = await fetchDocument(exchanges, begunAtMillis);
  const paths = document.failed ? [] : objectsOf(document.html, hostOf(settings.target), path);
  const page: Page = { exchanges, paths: paths.values(), failed: document.failed };
  const width = Math.max(1, Math.min(connections ?? 1, paths.length));
  if (plan === "1.1-pipelined") await pipeline(page, document.connection);
  else
    await Promise.all(
      Array.from({ length: width }, (_, index) => fetchInTurn(page, index > 0 ? null : document.connection)),
    );
  const outcome = !page.failed ? "completed" : exchanges.isCut ? "cut" : "failed";
  observe({ what: "page", begunAtMillis, atMillis: performance.now(), outcome, objects: paths.length });
  return page.failed;
}

interface Page {
  exchanges: Exchanges;
  /** Objects not yet requested; a free connection takes the next. */
  paths: ArrayIterator<string>;
  failed: boolean;
}

async function fetchDocument(exchanges: Exchanges, begunAtMillis: number): Promise<Attempted & { html: string }> {
  const { settings } = exchanges;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const attempted = await attempt(exchanges, null, requestFor(settings, settings.path), begunAtMillis, (piece) => {
    if (bytes < MOST_DOCUMENT_BYTES) pieces.push(piece);
    bytes += piece.length;
  });
  return { ...attempted, html: Buffer.concat(pieces).toString("utf8") };
}

/** One object after another: with HTTP/1.1 on one connection, with 1.0 each on its own. */
async function fetchInTurn(page: Page, connection: Connection | null): Promise<void> {
  let kept = connection;
  for (let path = next(page); path !== undefined; path = next(page)) kept = await fetchObject(page, kept, path);
  if (kept !== null) retire(page.exchanges, kept);
}

/**
 * All requests at once on one connection. If the server has closed the document's connection, the
 * first object opens another.
 */
async function pipeline(page: Page, connection: Connection | null): Promise<void> {
  const kept = connection?.usable ? connection : await fetchNext(page, connection);
  if (kept === null) return fetchInTurn(page, null);
  const asked = [...page.paths].map((path) => fetchObject(page, kept, path));
  const ends = await Promise.all(asked);
  if (ends.every((end) => end !== null)) retire(page.exchanges, kept);
}

async function fetchNext(page: Page, kept: Connection | null): Promise<Connection | null> {
  const path = next(page);
  return path === undefined ? kept : fetchObject(page, kept, path);
}

async function fetchObject(page: Page, kept: Connection | null, path: string): Promise<Connection | null> {
  const request = requestFor(page.exchanges.settings, path);
  const { connection, failed } = await attempt(page.exchanges, kept, request, performance.now());
  page.failed ||= failed;
  return connection;
}

function next(page: Page): string | undefined {
  return page.failed ? undefined : page.paths.next().value;
}
