// Wires a running host: a helper enters its network namespace with NET_ADMIN and nothing else, runs images/host/wire.sh
// there, and stays behind, exited, as the record that the host is wired.

import { RttlabError } from "../../lib/errors.ts";
import type { WiringSpec } from "../plan/step.ts";
import { HARDENED, removeContainer } from "./container.ts";
import { attempt, type Engine } from "./docker.ts";
import { logLines } from "./logs.ts";

/** Sets a host's routes and offloads and proves them; may be repeated. E_WIRING with what the helper said. */
export async function wireHost(engine: Engine, wiring: WiringSpec): Promise<void> {
  await removeContainer(engine, wiring.name);
  const helper = await attempt(
    `creating ${wiring.name}`,
    engine.docker.createContainer({
      name: wiring.name,
      Image: wiring.image,
      Labels: wiring.labels,
      Cmd: ["/rttlab/wire.sh", ...wiringWords(wiring)],
      User: "0",
      HostConfig: {
        ...HARDENED,
        CapDrop: [...HARDENED.CapDrop],
        SecurityOpt: [...HARDENED.SecurityOpt],
        CapAdd: ["NET_ADMIN"],
        NetworkMode: `container:${wiring.container}`,
        Memory: 64 * 1024 ** 2,
        MemorySwap: 64 * 1024 ** 2,
        PidsLimit: 32,
      },
    }),
  );
  await attempt(`wiring ${wiring.container}`, helper.start());
  const { StatusCode } = await attempt(`wiring ${wiring.container}`, helper.wait({ condition: "not-running" }));
  if (StatusCode === 0) return;
  const said = await Array.fromAsync(logLines(engine, wiring.name, { tail: 10 }));
  throw new RttlabError("E_WIRING", `wiring ${wiring.container}: ${said.join("\n  ") || `exit ${StatusCode}`}`);
}

/** The arguments of wire.sh. */
export function wiringWords({ routes, congestionControl, blackholes, dataAddresses }: WiringSpec): string[] {
  return [
    ...routes.flatMap(({ subnet, via }) => ["route", subnet, via, congestionControl]),
    ...blackholes.flatMap((address) => ["blackhole", address]),
    ...dataAddresses.flatMap((address) => ["plain", address]),
  ];
}
