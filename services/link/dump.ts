// The op `dump`: what tc and ethtool print of a link, for the record of a study.

import type { LinkDump } from "../../lib/contract/link.ts";
import type { Backend } from "./backend.ts";
import { runHere } from "./interfaces.ts";

export async function dumpLink({ name, run, devices, interfaces }: Backend): Promise<LinkDump> {
  const ofEach = async (names: readonly string[], runIn: Backend["run"]) => {
    const texts = await Promise.all(names.map((device) => runIn("ethtool", "-k", device)));
    return texts.map((text) => `${text.trimEnd()}\n`).join("");
  };
  const { forward, backward } = devices;
  const [qdiscs, offloads, guestOffloads] = await Promise.all([
    run("tc", "-s", "qdisc", "show"),
    ofEach(interfaces, runHere),
    name === "uml" ? ofEach([forward.ingress, backward.ingress], run) : null,
  ]);
  return { qdiscs, offloads, guestOffloads };
}
