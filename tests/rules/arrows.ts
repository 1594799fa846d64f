// The imports that each part may have (docs/decisions and CONTRIBUTING have the reasons), and
// import cycles.

import { importsOf, type SourceFile, urlsOf, withoutComments } from "./sources.ts";

/**
 * A folder's part, the longest match first, and the parts that it may import besides itself. A new
 * part is one line here.
 */
const PARTS: readonly (readonly [folder: string, mayImport: readonly string[]])[] = [
  ["lib/", []],
  ["services/server/http/", ["lib/"]],
  ["services/server/access/", [...server("http"), "lib/"]],
  ["services/server/files/", [...server("access", "http"), "lib/"]],
  ["services/server/accounting/", [...server("http"), "lib/"]],
  ["services/server/session/", [...server("accounting", "files", "http"), "lib/"]],
  // RUDP is a library too, and a transport of the server (docs/decisions/0015).
  ["services/server/transport/", ["services/rudp/thread/", "lib/"]],
  ["services/server/structures/", [...server("transport", "session", "accounting", "files"), "lib/"]],
  ["services/server/sample-site/", ["lib/"]],
  ["services/server/cases/", ["services/server/", "services/rudp/thread/", "lib/"]],
  ["services/server/", [...server("structures", "transport", "session", "accounting", "http", "sample-site"), "lib/"]],
  ["services/loadgen/", ["lib/"]],
  ["services/rudp/protocol/", ["lib/"]],
  ["services/rudp/thread/", ["services/rudp/protocol/", "lib/"]],
  ["services/rudp/program/", ["services/rudp/thread/", "services/rudp/protocol/", "lib/"]],
  // Both ends of a transfer know the stream, which belongs to the program; the simulation's talkers
  // send it too.
  ["services/rudp/lab/", ["services/rudp/protocol/", "services/rudp/program/transfer/seeded.ts", "lib/"]],
  ["services/rudp/", ["services/rudp/program/", "lib/"]],
  ["services/link/", ["lib/"]],
  ["services/usage/", ["lib/"]],
  ["services/", ["lib/"]],
  ["topology/roles/", ["lib/"]],
  ["topology/model/", ["topology/roles/", "lib/"]],
  ["topology/scenarios/", ["topology/model/", "lib/"]],
  ["topology/plan/", ["topology/model/", "topology/roles/", "lib/"]],
  ["topology/apply/", ["topology/plan/", "topology/model/", "topology/roles/", "lib/", "bin/"]],
  ["topology/calibrate/", ["topology/apply/", "topology/plan/", "topology/model/", "lib/"]],
  [
    "topology/testbed/",
    [
      ...["topology/scenarios/", "topology/calibrate/", "topology/apply/", "topology/plan/"],
      ...["topology/model/", "topology/roles/", "lib/"],
    ],
  ],
  ["topology/", ["topology/", "lib/"]],
  ["images/", []],
  ["analysis/", ["lib/"]],
  // A study refuses at once what the RUDP endpoint would refuse in every run.
  ["study/", ["analysis/", "topology/", "services/rudp/program/transfer/settings.ts", "lib/"]],
  ["grafana/", ["services/", "lib/"]],
  ["bin/", []],
  ["tasks/", [""]],
  ["bench/", [""]],
  ["tests/", [""]],
];

const DOCKER_PARTS = ["topology/apply/", "tests/docker/", "tasks/engines/", "bench/", "bin/"];

/** Imports and workers against the arrows, and sources in a folder of no part. */
export function arrowViolations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const part = partOf(file.path);
    if (part === undefined) return [`${file.path}: its folder is no part that the rules know`];
    const [folder, mayImport] = part;
    const allowed = file.path.endsWith(".test.ts") ? [...mayImport, ...forTests(file.path)] : mayImport;
    return [...importsOf(file), ...urlsOf(file)]
      .filter((target) => isOurs(target))
      .filter((target) => partOf(target)?.[0] !== folder && !allowed.some((prefix) => target.startsWith(prefix)))
      .map((target) => `${file.path} imports ${target}`);
  });
}

/** A test may also import what only tests need, all of its own service, and the scenarios. */
function forTests(path: string): string[] {
  const [service] = /^services\/[^/]+\//.exec(path) ?? [];
  return ["tests/", "topology/scenarios/", ...(service === undefined ? [] : [service])];
}

/** Uses of Docker, by its client library or its command, outside the few parts that may. */
export function dockerViolations(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !DOCKER_PARTS.some((part) => path.startsWith(part)))
    .filter((file) => {
      const imports = importsOf(file);
      const byLibrary = imports.some((name) => ["dockerode", "docker-modem", "testcontainers"].includes(name));
      return (
        byLibrary ||
        (imports.includes("node:child_process") && /["'`]docker(?:["'`]|\s+[a-z])/.test(withoutComments(file.text)))
      );
    })
    .map(({ path }) => path);
}

/** Each import cycle once, as `a -> b -> a`. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const graph = new Map(files.map((file) => [file.path, importsOf(file)]));
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" -> "));
    if (start >= 0 || finished.has(path)) return;
    for (const target of graph.get(path) ?? []) if (graph.has(target)) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}

/** The folder of the part that a file belongs to; undefined if it belongs to none. */
export function partFolder(path: string): string | undefined {
  return path.includes("/") ? partOf(path)?.[0] : undefined;
}

function partOf(path: string): (typeof PARTS)[number] | undefined {
  return PARTS.find(([folder]) => path.startsWith(folder));
}

function server(...rooms: string[]): string[] {
  return rooms.map((room) => `services/server/${room}/`);
}

function isOurs(target: string): boolean {
  return partOf(target) !== undefined && target.includes("/") && /\.(ts|mjs|js|json)$/.test(target);
}
