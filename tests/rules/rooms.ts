// The picture of rooms and arrows in CONTRIBUTING, drawn from the imports. A room is a part of the
// table in arrows.ts; an arrow goes from a room to one that it imports, and is left out where it
// follows from others.

import { withMarkedText } from "../../lib/marked-text.ts";
import { partFolder } from "./arrows.ts";
import { importsOf, isSource, type SourceFile } from "./sources.ts";

/** Rooms whose insides have rules of their own, and are drawn as one. */
const DRAWN_WHOLE = ["services/server/", "services/rudp/"];
/** They import whatever they try or measure. */
const LEFT_OUT = ["tests/", "bench/", "tasks/"];

const MARK = { name: "rooms", by: "npm run generate" };

/** The text of CONTRIBUTING with the picture as the imports are now. */
export function withRooms(contributing: string, files: readonly SourceFile[]): string {
  return withMarkedText(contributing, MARK, `\`\`\`mermaid\n${drawRooms(files)}\n\`\`\``);
}

/** The rooms and their arrows as a Mermaid flowchart, rooms that import nothing at the bottom. */
export function drawRooms(files: readonly SourceFile[]): string {
  const graph = roomsOf(files);
  const rooms = [...graph.keys()].sort();
  const arrows = rooms.flatMap((room) =>
    [...direct(graph, room)].sort().map((target) => `  ${idOf(room)} --> ${idOf(target)}`),
  );
  return ["flowchart TD", ...rooms.map((room) => `  ${idOf(room)}["${room}"]`), ...arrows].join("\n");
}

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

function roomsOf(files: readonly SourceFile[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const file of files.filter(isSource)) {
    const room = roomOf(file.path);
    if (room === undefined || file.path.endsWith(".test.ts")) continue;
    const targets = graph.get(room) ?? new Set();
    graph.set(room, targets);
    for (const target of importsOf(file).map(roomOf)) if (target !== undefined && target !== room) targets.add(target);
  }
  return graph;
}

function roomOf(path: string): string | undefined {
  const folder = DRAWN_WHOLE.find((whole) => path.startsWith(whole)) ?? partFolder(path);
  if (folder === undefined || LEFT_OUT.includes(folder)) return undefined;
  return folder === "topology/" ? "topology/commands" : folder.slice(0, -1);
}

/** The rooms that a room imports, without those that it reaches through another of them. */
function direct(graph: Graph, room: string): Set<string> {
  const targets = graph.get(room) ?? new Set();
  const further = new Set([...targets].flatMap((target) => [...reached(graph, target)]));
  return new Set([...targets].filter((target) => !further.has(target)));
}

/** Every room behind one, itself excepted. */
function reached(graph: Graph, room: string): Set<string> {
  const found = new Set<string>();
  const next = [...(graph.get(room) ?? [])];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    next.push(...(graph.get(at) ?? []));
  }
  return found;
}

function idOf(room: string): string {
  return room.replaceAll("/", "_");
}
