// A server in Prometheus' place, for states of the live page that come and go too quickly in a
// testbed: the page's files as its image has them, and the part of the API that the page asks.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pictureSvg } from "../../lib/picture/svg.ts";

export interface Line {
  labels: Record<string, string>;
  /** Its value so many seconds ago; null where it has none. */
  at(secondsAgo: number): number | null;
}

export interface StandIn {
  /** The page's address. */
  live: string;
  /** It answers nobody. */
  isAway: boolean;
  /** The lines that a query finds. */
  lines(query: string): readonly Line[];
  /** By file: it is sent after that. */
  held: Readonly<Record<string, Promise<unknown>>>;
  /** The words of all queries so far. */
  queries: URLSearchParams[];
  stop(): void;
}

const ROOT = join(import.meta.dirname, "..", "..");
/** By the page's folder, as in images/prometheus/Dockerfile. */
const FOLDERS: Readonly<Record<string, string>> = {
  uplot: "node_modules/uplot/dist",
  dashboards: "grafana/generated",
  panels: "grafana/live/panels",
  "": "grafana/live",
};
const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  css: "text/css",
  html: "text/html",
  svg: "image/svg+xml",
  json: "application/json",
};
const HOSTS = [
  { name: "load-a", role: "loadgen", on: "left" },
  { name: "server", role: "server", on: "right" },
];
const WAN = { name: "wan", between: ["left", "right"], settings: "" } as const;
const PICTURE = pictureSvg({ networks: ["left", "right"], hosts: HOSTS, links: [WAN] }, { live: true });

/** It knows a scenario with two hosts and a link, and no lines. */
export async function startStandIn(): Promise<StandIn> {
  const server = createServer((request, response) => void respond(standIn, request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const standIn: StandIn = {
    live: `http://127.0.0.1:${port}/user/index.html`,
    isAway: false,
    lines: () => [],
    held: {},
    queries: [],
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
  return standIn;
}

async function respond(standIn: StandIn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "", standIn.live);
  const [, first, ...rest] = pathname.split("/");
  if (standIn.isAway) request.socket.destroy();
  else if (first === "api") {
    const [, kind, label] = rest;
    const data = kind === "label" ? valuesOf(label) : { result: found(standIn, kind === "query", searchParams) };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ status: "success", data }));
  } else {
    const [folder, file] = rest.length > 1 ? rest : ["", rest[0]];
    await standIn.held[file ?? ""];
    const content = await contentOf(FOLDERS[folder ?? ""] ?? "", file ?? "");
    response.writeHead(content === null ? 404 : 200, { "content-type": TYPES[file?.split(".").at(-1) ?? ""] ?? "" });
    response.end(content);
  }
}

function contentOf(folder: string, file: string): Promise<Buffer | null> {
  if (file === "picture.svg") return Promise.resolve(Buffer.from(PICTURE));
  return readFile(join(ROOT, folder, file)).catch(() => null);
}

function valuesOf(label: string | undefined): string[] {
  return label === "scenario" ? ["states"] : [...HOSTS, WAN].map(({ name }) => name);
}

function found(standIn: StandIn, isInstant: boolean, words: URLSearchParams): unknown[] {
  standIn.queries.push(words);
  const now = Date.now() / 1000;
  return standIn.lines(words.get("query") ?? "").flatMap(({ labels: metric, at }) => {
    const samples = (isInstant ? [now] : moments(words)).flatMap((seconds) => {
      const value = at(now - seconds);
      return value === null ? [] : [[seconds, String(value)]];
    });
    if (samples.length === 0) return [];
    return [isInstant ? { metric, value: samples[0] } : { metric, values: samples }];
  });
}

function moments(words: URLSearchParams): number[] {
  const [start = 0, end = 0, step = 1] = ["start", "end", "step"].map((name) => Number(words.get(name)));
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}
