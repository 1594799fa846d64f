// The kernel's account of hosts and links, as `tc` and `ethtool` print it: files of a results
// folder, written before the first run and after the last. The manifest has the features that are
// on.

import type { Topology } from "../topology/model/topology.ts";
import { printed, request, type Testbed } from "../topology/testbed/testbed.ts";

/** Texts by file name: `wan.qdiscs.txt`, `server.offloads.txt`. */
export type KernelRecord = ReadonlyMap<string, string>;

const OFFLOADS = ".offloads.txt";
/** Every interface but the loopback, and its address. */
const PRINT_OFFLOADS = `for one in /sys/class/net/*; do
  name=\${one##*/}
  if [ "$name" != lo ]; then ip -4 -brief address show dev "$name"; ethtool -k "$name"; fi
done`;

export async function readKernelRecord(
  testbed: Testbed,
  { hosts, links }: Pick<Topology, "hosts" | "links">,
): Promise<KernelRecord> {
  const [ofHosts, ofLinks] = await Promise.all([
    Promise.all(
      hosts.map(async ({ name }) => [name, await printed(testbed, name, ["sh", "-c", PRINT_OFFLOADS])] as const),
    ),
    Promise.all(links.map(async ({ name }) => [name, await request(testbed, name, "link.dump", {})] as const)),
  ]);
  return new Map([
    ...ofHosts.map(([name, text]) => [`${name}${OFFLOADS}`, text] as const),
    ...ofLinks.flatMap(([name, { qdiscs, offloads, guestOffloads }]) => [
      [`${name}.qdiscs.txt`, qdiscs] as const,
      [`${name}${OFFLOADS}`, offloads] as const,
      ...(guestOffloads === null ? [] : [[`${name}.guest${OFFLOADS}`, guestOffloads] as const]),
    ]),
  ]);
}

/** By host or link (`wan`, and `wan.guest`) and interface. */
export function offloadsOf(record: KernelRecord): Record<string, Record<string, string[]>> {
  const texts = [...record].filter(([file]) => file.endsWith(OFFLOADS));
  return Object.fromEntries(texts.map(([file, text]) => [file.slice(0, -OFFLOADS.length), featuresOn(text)]));
}

/** Of what `ethtool -k` prints of one interface after another. */
function featuresOn(text: string): Record<string, string[]> {
  const on: Record<string, string[]> = {};
  let features: string[] = [];
  for (const line of text.split("\n")) {
    const [, device] = /^Features for (.+):$/.exec(line) ?? [];
    if (device !== undefined) {
      features = [];
      on[device] = features;
    }
    const [, feature] = /^\s*([\w-]+): on\b/.exec(line) ?? [];
    if (feature !== undefined) features.push(feature);
  }
  return on;
}
