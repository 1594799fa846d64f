// Traces of a running testbed. Each begins on request, keeps its data where they arise, and hands
// them over at its end, so that none of them are on the way while something is measured.

import type { ResultOf } from "../../lib/contract/contract.ts";
import type { TraceBounds } from "../../lib/contract/trace.ts";
import { RttlabError } from "../../lib/errors.ts";
import { imageOf } from "../apply/image-of.ts";
import { requestService } from "../apply/request.ts";
import { sampleTcp, startTracing } from "../apply/tracing.ts";
import { belongingName, dockerName, labelsOf, watcherName } from "../plan/names.ts";
import { printed, type Testbed } from "./testbed.ts";

/** Ends a trace and returns it. */
export type EndTrace<Seen> = () => Promise<Seen>;

/** Traces a link or a RUDP endpoint (docs/container-contract.md); resolves when that has begun. */
export async function beginTrace<Op extends "link.trace" | "rudp.trace">(
  { engine, scenario }: Testbed,
  member: string,
  operation: Op,
  bounds: TraceBounds,
): Promise<EndTrace<ResultOf<Op>>> {
  const end = new AbortController();
  const { promise: hasBegun, resolve, reject } = Promise.withResolvers<void>();
  const options = { signal: end.signal, onEvent: () => resolve() };
  const seen = requestService(engine, dockerName(scenario, member), operation, bounds, options);
  seen.catch(reject);
  await hasBegun;
  return () => {
    end.abort();
    return seen;
  };
}

/**
 * Makes a host's TCP connections traceable until the testbed is taken down
 * (topology/apply/tracing.ts).
 */
export async function openTcpTracing(
  testbed: Testbed,
  host: string,
): Promise<(bounds: TraceBounds) => EndTrace<string>> {
  const { engine, scenario } = testbed;
  const container = dockerName(scenario, host);
  const name = belongingName(container, "tracing");
  // The image of our own hosts has the sampler; the host's own image may be foreign.
  const image = await imageOf(engine, watcherName(scenario, "usage"));
  await startTracing(engine, { name, container, image, labels: labelsOf(scenario, "tracing", host) });
  const [address] = [...(await namesByAddress(testbed, host))].find(([, known]) => known === host) ?? [];
  if (address === undefined) throw new RttlabError("E_TRACE", `tracing ${host}: it does not know its own address`);
  return (bounds) => sampleTcp(engine, name, address, bounds);
}

/**
 * Names of the testbed's hosts by their addresses, as a host knows them: the first of each is the
 * scenario's.
 */
export async function namesByAddress(testbed: Testbed, host: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await printed(testbed, host, ["cat", "/etc/hosts"])).split("\n");
  const names = new Map<string, string>();
  for (const [address = "", name = ""] of lines.map((line) => line.split(/\s+/))) {
    if (!names.has(address)) names.set(address, name);
  }
  return names;
}
