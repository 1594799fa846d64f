// The cost of a load to a server, beside its rate: processor time of a request, memory, and how
// busy the two cores are.

import { watchCore } from "./cores.ts";
import { GENERATOR_CORE, type Served } from "./generators.ts";
import { median } from "./rounds.ts";
import { SERVER_CORE, type Server } from "./servers.ts";

export interface Cost {
  /** Of all processes of the server. */
  microsPerRequest: number;
  /** 0 to 1. */
  serverBusy: number;
  generatorBusy: number;
  memoryBytes: number;
}

export async function measured(
  server: Server,
  load: () => Promise<Served>,
): Promise<{ perSecond: number; cost: Cost }> {
  const before = server.cpuSeconds();
  const [serverCore, generatorCore] = [watchCore(SERVER_CORE), watchCore(GENERATOR_CORE)];
  const { requests, perSecond } = await load();
  const microsPerRequest = ((server.cpuSeconds() - before) / requests) * 1e6;
  const [serverBusy, generatorBusy] = [serverCore(), generatorCore()];
  return { perSecond, cost: { microsPerRequest, serverBusy, generatorBusy, memoryBytes: server.memoryBytes() } };
}

/** Medians of the rounds, without the memory. */
export function processorCost(costs: readonly Cost[]): string {
  const percent = (name: "serverBusy" | "generatorBusy") => `${(100 * middle(costs, name)).toFixed(0)} %`;
  const micros = middle(costs, "microsPerRequest").toFixed(1);
  return `${micros} µs CPU a request; cores busy: server ${percent("serverBusy")}, generator ${percent("generatorBusy")}`;
}

export function memoryCost(costs: readonly Cost[]): string {
  return `${(middle(costs, "memoryBytes") / 1024 ** 2).toFixed(0)} MiB`;
}

function middle(costs: readonly Cost[], name: keyof Cost): number {
  return median(costs.map((cost) => cost[name]));
}
