// A scenario file as far as it can be understood, so that what holds between values is checked even when some values are wrong,
// and every problem of a file is listed at once. What has the wrong shape is left out here; the schema has reported it.

/** Words of one place of a link, by key, as they stand in the file. */
export type Words = Readonly<Record<string, unknown>>;

export interface DraftLink {
  between: [first: string, second: string] | undefined;
  /** What is given for both directions, `rtt` and `seed` among it. */
  both: Words;
  forward: Words;
  backward: Words;
}

export interface DraftHost {
  on: string | undefined;
  environment: Words;
}

export interface Draft {
  networks: Map<string, { subnet: string | undefined }>;
  mgmt: { subnet: string | undefined };
  hosts: Map<string, DraftHost>;
  links: Map<string, DraftLink>;
  ports: Map<string, unknown>;
}

/** What can be understood of a parsed file. */
export function draftOf(file: unknown): Draft {
  const { networks, mgmt, hosts, links, ports } = words(file);
  return {
    networks: mapValues(networks, ({ subnet }) => ({ subnet: textOf(subnet) })),
    mgmt: { subnet: textOf(words(mgmt).subnet) },
    hosts: mapValues(hosts, ({ on, environment }) => ({ on: textOf(on), environment: words(environment) })),
    links: mapValues(links, ({ between, forward, backward, ...both }) => ({
      between: pairOf(between),
      both,
      forward: words(forward),
      backward: words(backward),
    })),
    ports: new Map(Object.entries(words(ports))),
  };
}

function mapValues<Value>(value: unknown, of: (value: Words) => Value): Map<string, Value> {
  return new Map(Object.entries(words(value)).map(([name, entry]) => [name, of(words(entry))]));
}

function words(value: unknown): Words {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Words) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function pairOf(value: unknown): [string, string] | undefined {
  return Array.isArray(value) && value.length === 2 && value.every((name) => typeof name === "string")
    ? (value as [string, string])
    : undefined;
}
