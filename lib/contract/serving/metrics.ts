// GET /metrics on the management address, for every service. Nothing else listens there
// (docs/container-contract.md).

import { createServer, type Server } from "node:http";
import { METRICS_PORT } from "../places.ts";
import { listening } from "./listening.ts";

/** The used part of a prom-client Registry. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Further pages of plain text for people, by path. */
export type Pages = Readonly<Record<string, () => string>>;

/**
 * Serves the metrics on `address`; resolves when it listens. Rejects if the port is taken. They
 * alone keep no process from ending.
 */
export async function serveMetrics(
  source: MetricsSource,
  address: string,
  port = METRICS_PORT,
  pages: Pages = {},
): Promise<Server> {
  // The scraper keeps its connection. A time-out for it, and Node's timer for the date, would each
  // wake an idle service every second.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.sendDate = false;
    response.setHeader("date", new Date().toUTCString());
    const page = Object.hasOwn(pages, request.url ?? "") ? pages[request.url as string] : undefined;
    if (page !== undefined) {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(page());
      return;
    }
    if (request.url !== "/metrics") {
      response.writeHead(404).end("metrics are at /metrics\n");
      return;
    }
    source.metrics().then(
      (text) => response.writeHead(200, { "content-type": source.contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(`${error}\n`),
    );
  });
  await listening(server.listen(port, address), `listening for metrics on ${address} port ${port}`);
  return server.unref();
}
