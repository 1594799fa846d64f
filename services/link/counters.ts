// The account of each direction's packets, read on request. Packets are conserved: sent to the link
// = received from it + missed + lost + dropped + propagating + queued (docs/link.md).

import type { Amount, DirectionCounters, LinkCounters } from "../../lib/contract/link.ts";
import { DIRECTIONS, type DirectionDevices, type DirectionName } from "../../lib/link/link.ts";
import type { Backend } from "./backend.ts";
import { marksOn, parseQdiscs, type QdiscReport, rootOf } from "./tc-report.ts";

/** Every qdisc with its counters. */
export async function readQdiscs({ tc }: Pick<Backend, "tc">): Promise<QdiscReport[]> {
  const [said = ""] = await tc([["qdisc", "show"]]);
  return parseQdiscs(said);
}

/** Reads all counters: the qdiscs, one file, one `ss`. */
export async function readCounters(backend: Backend, reading = readQdiscs(backend)): Promise<LinkCounters> {
  const [qdiscs, devices, missed] = await Promise.all([reading, backend.run("cat", "/proc/net/dev"), backend.missed()]);
  return countersOf(backend, qdiscs, devices, missed);
}

/** The counters of qdiscs and in /proc/net/dev. */
export function countersOf(
  { devices, uncountedBytes }: Pick<Backend, "devices" | "uncountedBytes">,
  qdiscs: readonly QdiscReport[],
  deviceText: string,
  missed: Readonly<Record<DirectionName, number>>,
): LinkCounters {
  const traffic = parseDevices(deviceText);
  const none = { packets: 0, bytes: 0 };
  const [forward, backward] = DIRECTIONS.map((name): DirectionCounters => {
    const { ingress, ifb, egress } = devices[name];
    return {
      received: withUncounted(traffic.get(ingress)?.received ?? none, uncountedBytes),
      sent: traffic.get(egress)?.sent ?? none,
      missed: missed[name],
      lost: netemOf(qdiscs, ifb)?.drops ?? 0,
      dropped: rootOf(qdiscs, egress)?.drops ?? 0,
      marked: marksOn(qdiscs, egress),
      ...heldIn(qdiscs, devices[name]),
    };
  });
  return { forward, backward } as LinkCounters;
}

/** The packets that the stages of a direction hold. */
export function heldIn(
  qdiscs: readonly QdiscReport[],
  { ifb, egress }: DirectionDevices,
): Pick<DirectionCounters, "propagating" | "queued"> {
  return { propagating: backlogOf(netemOf(qdiscs, ifb)), queued: backlogOf(rootOf(qdiscs, egress)) };
}

function withUncounted({ packets, bytes }: Amount, bytesEach: number): Amount {
  return { packets, bytes: bytes + packets * bytesEach };
}

/** An ifb without a redirection keeps a qdisc of the kernel's choice, which is no stage. */
function netemOf(qdiscs: readonly QdiscReport[], device: string): QdiscReport | undefined {
  const root = rootOf(qdiscs, device);
  return root?.kind === "netem" ? root : undefined;
}

function backlogOf(qdisc: QdiscReport | undefined): Amount {
  return { packets: qdisc?.qlen ?? 0, bytes: qdisc?.backlog ?? 0 };
}

/**
 * /proc/net/dev: two head lines, then `name: ` with eight received and eight sent numbers, bytes
 * and packets first.
 */
function parseDevices(text: string): Map<string, { received: Amount; sent: Amount }> {
  const lines = text.split("\n").flatMap((line) => {
    const match = /^\s*([^\s:]+):\s*(\d.*)$/.exec(line);
    return match === null ? [] : [{ name: match[1] as string, numbers: (match[2] as string).split(/\s+/).map(Number) }];
  });
  return new Map(
    lines.map(({ name, numbers: [inBytes = 0, inPackets = 0, , , , , , , outBytes = 0, outPackets = 0] }) => [
      name,
      { received: { packets: inPackets, bytes: inBytes }, sent: { packets: outPackets, bytes: outBytes } },
    ]),
  );
}
