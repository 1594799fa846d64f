// Traces of a running testbed: begins all of a study's traces at once and returns them when they
// end.

import type { TraceBounds } from "../../lib/contract/trace.ts";
import type { Testbed } from "../../topology/testbed/testbed.ts";
import { beginTrace, type EndTrace, namesByAddress, openTcpTracing } from "../../topology/testbed/tracing.ts";
import type { TraceReading } from "./rows.ts";

/** The hosts, links and connections to trace, and how often. */
export interface TraceRequest {
  /** Hosts with traced TCP connections. */
  tcp: readonly string[];
  /** RUDP endpoints with traced connections. */
  rudp: readonly string[];
  /** Links: their queues, and the packets at their ends unless `packets` is 0. */
  links: readonly string[];
  bounds: TraceBounds;
}

export type BeginTracing = (request: TraceRequest) => Promise<EndTrace<TraceReading>>;

/** `tcpHosts`: hosts whose TCP may be traced; `anyHost`: one that knows the names of all. */
export async function connectTracing(
  testbed: Testbed,
  { tcpHosts, anyHost }: { tcpHosts: readonly string[]; anyHost: string },
): Promise<BeginTracing> {
  const [names, tracings] = await Promise.all([
    namesByAddress(testbed, anyHost),
    Promise.all(tcpHosts.map(async (host) => [host, await openTcpTracing(testbed, host)] as const)),
  ]);
  const begun = async <Seen>(member: string, begins: Promise<EndTrace<Seen>>) => ({ member, end: await begins });
  const ended = <Seen>(begun: readonly { member: string; end: EndTrace<Seen> }[]) =>
    Promise.all(begun.map(async ({ member, end }) => ({ member, seen: await end() })));
  return async ({ tcp, rudp, links, bounds }) => {
    const [ofTcp, ofRudp, ofLinks] = await Promise.all([
      tracings.filter(([host]) => tcp.includes(host)).map(([host, begin]) => ({ member: host, end: begin(bounds) })),
      Promise.all(rudp.map((host) => begun(host, beginTrace(testbed, host, "rudp.trace", bounds)))),
      Promise.all(links.map((link) => begun(link, beginTrace(testbed, link, "link.trace", bounds)))),
    ]);
    return async () => {
      const [tcpSeen, rudpSeen, linksSeen] = await Promise.all([ended(ofTcp), ended(ofRudp), ended(ofLinks)]);
      return {
        tcp: tcpSeen.map(({ member, seen }) => ({ host: member, lines: seen })),
        rudp: rudpSeen.map(({ member, seen }) => ({ host: member, connections: seen.connections })),
        links: linksSeen.map(({ member, seen }) => ({
          link: member,
          queues: seen.queues,
          clockOffsetMillis: seen.clockOffsetMillis,
        })),
        captures: linksSeen.flatMap(({ member, seen }) =>
          seen.captures.map((text, end) => ({ name: `${member}-${end + 1}`, file: Buffer.from(text, "base64") })),
        ),
        names,
      };
    };
  };
}
