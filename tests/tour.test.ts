// docs/tour.md is true: its files exist, and each is imported by the one that it stands under, or
// the page says by what else the step goes.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { it } from "node:test";
import { importsOf, ROOT } from "./rules/sources.ts";

interface Stop {
  depth: number;
  /** The way of a step that is no import: a process, a socket, an interface. */
  by: string | undefined;
  path: string;
}

const walks = readFileSync(`${ROOT}docs/tour.md`, "utf8")
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    title: section.slice(0, section.indexOf("\n")),
    stops: [...section.matchAll(/^( *)- (?:\*by ([^*]+)\*: )?`([^`]+)`: \S/gm)].map(
      ([, indent = "", by, path = ""]): Stop => ({ depth: indent.length / 2, by, path }),
    ),
    items: section.match(/^ *- /gm)?.length ?? 0,
  }));

for (const { title, stops, items } of walks) {
  it(`the walk of ${title[0]?.toLowerCase()}${title.slice(1)} passes files that exist and import each other`, () => {
    assert.ok(stops.length > 5 && stops.length === items, `${stops.length} of ${items} items can be read`);
    assert.deepEqual(
      stops.map(({ path }) => path).filter((path) => !existsSync(ROOT + path)),
      [],
    );
    assert.deepEqual(
      stops.flatMap((stop, index) => faults(stop, stops.slice(0, index))),
      [],
    );
  });
}

it("there are at least six walks", () => assert.ok(walks.length >= 6));

function faults({ depth, by, path }: Stop, earlier: readonly Stop[]): string[] {
  if (depth === 0) return [];
  const upper = earlier.findLast((stop) => stop.depth < depth);
  if (upper?.depth !== depth - 1) return [`${path} stands under nothing`];
  const isImported = importsOf({ path: upper.path, text: readFileSync(ROOT + upper.path, "utf8") }).includes(path);
  if (isImported && by !== undefined) return [`${upper.path} imports ${path}: it does not go by ${by}`];
  return isImported || by !== undefined ? [] : [`${upper.path} does not import ${path}`];
}
