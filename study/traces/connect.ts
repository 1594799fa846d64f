// Traces of a testbed that is up: begins all that a study asks for at once, and gets it when they end.

import type { TraceBounds } from "../../lib/contract/trace.ts";
import type { Testbed } from "../../topology/testbed/testbed.ts";
import { beginTrace, type EndTrace, namesByAddress, openTcpTracing } from "../../topology/testbed/tracing.ts";
import type { RudpTrace, TraceReading } from "./rows.ts";

/** What is traced, by name, and how much. */
export interface TraceRequest {
  /** Hosts whose TCP connections are. */
  tcp: readonly string[];
  /** RUDP endpoints whose connections are. */
  rudp: readonly string[];
  /** Links: their queues, and what passes their ends if `packets` is not 0. */
  links: readonly string[];
  bounds: TraceBounds;
}

export type BeginTracing = (request: TraceRequest) => Promise<EndTrace<TraceReading>>;

/** `tcpHosts`: those of which TCP may be asked for. */
export async function connectTracing(testbed: Testbed, tcpHosts: readonly string[]): Promise<BeginTracing> {
  const tracings = new Map(
    await Promise.all(tcpHosts.map(async (host) => [host, await openTcpTracing(testbed, host)] as const)),
  );
  const [anyHost] = tcpHosts;
  const names = anyHost === undefined ? new Map() : await namesByAddress(testbed, anyHost);
  return async ({ tcp, rudp, links, bounds }) => {
    const tcpEnds = tcp.map((host) => ({ host, end: tracings.get(host)?.(bounds) as EndTrace<string> }));
    const begin = async (member: string) => ({ member, end: await beginTrace(testbed, member, bounds) });
    const [rudpEnds, linkEnds] = await Promise.all([Promise.all(rudp.map(begin)), Promise.all(links.map(begin))]);
    return async () => {
      const [tcpSeen, rudpSeen, linksSeen] = await Promise.all([
        Promise.all(tcpEnds.map(async ({ host, end }) => ({ host, lines: await end() }))),
        Promise.all(
          rudpEnds.map(async ({ member, end }) => ({
            host: member,
            connections: (await end()).connections as RudpTrace[],
          })),
        ),
        Promise.all(
          linkEnds.map(async ({ member, end }) => {
            const { queues, captures } = await end();
            return { link: member, queues: queues as string, captures: captures as string[] };
          }),
        ),
      ]);
      return { tcp: tcpSeen, rudp: rudpSeen, links: linksSeen, captures: linksSeen.flatMap(capturesOf), names };
    };
  };
}

function capturesOf({ link, captures }: { link: string; captures: readonly string[] }) {
  return captures.map((text, end) => ({ name: `${link}-${end + 1}`, file: Buffer.from(text, "base64") }));
}
