import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { nextLinks, otherEnd, pathBetween } from "./graph.ts";

interface Graph {
  networks: string[];
  links: { name: string; between: [string, string] }[];
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 7 }).chain((count) => {
  const networks = Array.from({ length: count }, (_, index) => `n${index}`);
  const pair = fc.uniqueArray(fc.constantFrom(...networks), { minLength: 2, maxLength: 2 });
  return fc.array(pair, { maxLength: 12 }).map((pairs) => ({
    networks,
    links: pairs.map((between, index) => ({ name: `l${index}`, between: between as [string, string] })),
  }));
});

/** Fewest links from one network to another, by breadth-first search. */
function hopsBySpreading({ links }: Graph, from: string, to: string): number | undefined {
  const seen = new Set([from]);
  for (let [edge, hops] = [[from], 0]; edge.length > 0; hops++) {
    if (edge.includes(to)) return hops;
    edge = edge.flatMap((network) =>
      links
        .map((link) => otherEnd(link, network))
        .filter((end) => end !== undefined && !seen.has(end) && seen.add(end)),
    ) as string[];
  }
  return undefined;
}

it("paths have the fewest links, and none is given where there is no way", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const next = nextLinks(graph.networks, graph.links);
      for (const from of graph.networks) {
        for (const to of graph.networks) {
          assert.equal(pathBetween(from, to, graph.links, next)?.length, hopsBySpreading(graph, from, to));
        }
      }
    }),
  );
});

it("the way back passes the same links", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const next = nextLinks(graph.networks, graph.links);
      for (const from of graph.networks) {
        for (const to of graph.networks) {
          const there = pathBetween(from, to, graph.links, next);
          assert.deepEqual(there, pathBetween(to, from, graph.links, next)?.toReversed());
        }
      }
    }),
  );
});
