// A page as a browser loads it: the document, then the objects that it names, over connections of
// the page's own. The plans of its connections have been compared since Nielsen and others,
// "Network performance effects of HTTP/1.1, CSS1, and PNG", SIGCOMM 1997. The objects begin when
// the whole document has been read, as in the page model (analysis/models).

import type { Carrier, ExchangeOwner, TakeBody } from "./exchange.ts";
import { hostOf } from "./http/request.ts";
import { objectsOf } from "./objects.ts";
import type { Traffic } from "./traffic.ts";

/** Of a longer document, only this part is searched for objects. */
const MOST_DOCUMENT_BYTES = 16 * 1024 ** 2;

/**
 * Loads a page that began at `begunAtMillis`; returns whether it failed. After a failure nothing
 * more of it is requested.
 */
export async function loadPage(traffic: Traffic, begunAtMillis: number): Promise<boolean> {
  const { settings, recorder } = traffic;
  const { page: plan, path, connections } = settings;
  const document = await fetchDocument(traffic, begunAtMillis);
  const paths = document.failed ? [] : objectsOf(document.html, hostOf(settings.target), path);
  const page: Page = { traffic, paths: paths.values(), failed: document.failed };
  const width = Math.max(1, Math.min(connections ?? 1, paths.length));
  if (plan === "1.1-pipelined") await pipeline(page, document.connection);
  else
    await Promise.all(
      Array.from({ length: width }, (_, index) => fetchInTurn(page, index > 0 ? null : document.connection)),
    );
  const outcome = !page.failed ? "completed" : traffic.isOver ? "cut" : "failed";
  recorder.page(begunAtMillis, traffic.now(), outcome, paths.length);
  return page.failed;
}

interface Page {
  traffic: Traffic;
  /** Objects not yet requested; a free connection takes the next. */
  paths: ArrayIterator<string>;
  failed: boolean;
}

/** The connection, if it may be kept, and whether the request failed. */
interface Fetched {
  connection: Carrier | null;
  failed: boolean;
}

async function fetchDocument(traffic: Traffic, begunAtMillis: number): Promise<Fetched & { html: string }> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const fetched = await fetchPath(traffic, null, traffic.settings.path, begunAtMillis, (piece) => {
    // The memory of a piece is reused.
    if (bytes < MOST_DOCUMENT_BYTES) pieces.push(Buffer.from(piece));
    bytes += piece.length;
  });
  return { ...fetched, html: Buffer.concat(pieces).toString("utf8") };
}

/** One object after another: with HTTP/1.1 on one connection, with 1.0 each on its own. */
async function fetchInTurn(page: Page, connection: Carrier | null): Promise<void> {
  let kept = connection;
  for (let path = next(page); path !== undefined; path = next(page)) kept = await fetchObject(page, kept, path);
  if (kept !== null) page.traffic.leave(kept);
}

/**
 * All requests at once on one connection. If the server has closed the document's connection, the
 * first object opens another.
 */
async function pipeline(page: Page, connection: Carrier | null): Promise<void> {
  const kept = connection?.usable ? connection : await fetchNext(page, connection);
  if (kept === null) return fetchInTurn(page, null);
  const asked: Promise<Carrier | null>[] = [];
  kept.together(() => {
    for (const path of page.paths) asked.push(fetchObject(page, kept, path));
  });
  const ends = await Promise.all(asked);
  if (ends.every((end) => end !== null)) page.traffic.leave(kept);
}

async function fetchNext(page: Page, kept: Carrier | null): Promise<Carrier | null> {
  const path = next(page);
  return path === undefined ? kept : fetchObject(page, kept, path);
}

async function fetchObject(page: Page, kept: Carrier | null, path: string): Promise<Carrier | null> {
  const { connection, failed } = await fetchPath(page.traffic, kept, path, page.traffic.now(), null);
  page.failed ||= failed;
  return connection;
}

/** Makes one request, on the kept connection if that still holds. */
function fetchPath(
  traffic: Traffic,
  kept: Carrier | null,
  path: string,
  intendedMillis: number,
  takeBody: TakeBody | null,
): Promise<Fetched> {
  const { promise, resolve } = Promise.withResolvers<Fetched>();
  const owner: ExchangeOwner = {
    answered(exchange, connection, atMillis) {
      const isRight = traffic.judge(exchange, atMillis);
      const isKept = traffic.keeps && connection.usable;
      if (!isKept) traffic.leave(connection);
      resolve({ connection: isKept ? connection : null, failed: !isRight });
    },
    failed(exchange, failure, atMillis) {
      if (traffic.mayRetry(exchange, failure, atMillis)) traffic.start(exchange, null);
      else resolve({ connection: null, failed: true });
    },
  };
  traffic.recorder.offered(intendedMillis, traffic.now());
  const exchange = traffic.exchange(traffic.asking.for(path), owner, intendedMillis, traffic.now(), takeBody);
  if (kept !== null && !kept.usable) traffic.leave(kept);
  traffic.start(exchange, kept?.usable ? kept : null);
  return promise;
}

function next(page: Page): string | undefined {
  return page.failed ? undefined : page.paths.next().value;
}
