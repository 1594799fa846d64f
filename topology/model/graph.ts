// The graph of networks and links: which networks reach each other, and over which links packets
// go. Paths have the fewest links. Of several such paths the same one is taken both ways, because a
// path that differs by direction would surprise: each link's weight is 1 plus a distinct, far
// smaller power of 2, so no two paths weigh the same.

interface Edge {
  name: string;
  /** Its networks; forward is from the first to the second. */
  between: readonly [first: string, second: string];
}

/**
 * The next link on the way from one network to another; undefined if there is no way, or none is
 * needed.
 */
export type NextLink = (from: string, to: string) => string | undefined;

/** The first link of the path between any two networks. */
export function nextLinks(networks: readonly string[], links: readonly Edge[]): NextLink {
  const weights = pathWeights(networks, links);
  const first = new Map<string, Map<string, string>>(networks.map((from) => [from, new Map()]));
  links.forEach((link, index) => {
    const weight = weightOf(index, links.length);
    for (const from of link.between) {
      const beyond = otherEnd(link, from) as string;
      for (const [to, rest] of weights.get(beyond) ?? []) {
        if (from !== to && weights.get(from)?.get(to) === weight + rest) first.get(from)?.set(to, link.name);
      }
    }
  });
  return (from, to) => first.get(from)?.get(to);
}

/**
 * The links that packets cross from one network to another, in order; undefined if there is no way.
 */
export function pathBetween<Path extends Edge>(
  from: string,
  to: string,
  links: readonly Path[],
  next: NextLink,
): Path[] | undefined {
  if (from === to) return [];
  const link = links.find(({ name }) => name === next(from, to));
  if (link === undefined) return undefined;
  const rest = pathBetween(otherEnd(link, from) as string, to, links, next);
  return rest === undefined ? undefined : [link, ...rest];
}

/** The network at the other end of a link; undefined if the link does not touch `network`. */
export function otherEnd({ between: [first, second] }: Edge, network: string): string | undefined {
  return network === first ? second : network === second ? first : undefined;
}

/**
 * Weights of the lightest paths (Floyd and Warshall), by first and last network; absent without a
 * path.
 */
function pathWeights(networks: readonly string[], links: readonly Edge[]): Map<string, Map<string, bigint>> {
  const weights = new Map(networks.map((network) => [network, new Map([[network, 0n]])]));
  const lower = (from: string, to: string, candidate: bigint) => {
    const known = weights.get(from)?.get(to);
    if (known === undefined || candidate < known) weights.get(from)?.set(to, candidate);
  };
  links.forEach(({ between: [first, second] }, index) => {
    lower(first, second, weightOf(index, links.length));
    lower(second, first, weightOf(index, links.length));
  });
  for (const [middle, after] of weights) {
    for (const [from, before] of weights) {
      const there = before.get(middle);
      if (there === undefined || from === middle) continue;
      for (const [to, rest] of after) lower(from, to, there + rest);
    }
  }
  return weights;
}

function weightOf(index: number, count: number): bigint {
  return (1n << BigInt(count + 1)) + (1n << BigInt(index));
}
