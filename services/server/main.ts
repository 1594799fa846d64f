// The server: PID 1 of a server host, or started from a terminal (`./bin/rttlab server --help`).

import { mkdir, realpath } from "node:fs/promises";
import type { Handlers } from "../../lib/contract/contract.ts";
import { METRICS_PORT } from "../../lib/contract/places.ts";
import { log } from "../../lib/contract/serving/log.ts";
import { serveRequests } from "../../lib/contract/serving/requests.ts";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { print, runProgram } from "../../lib/program.ts";
import { type Counters, createCounters, scalar } from "./accounting/counters.ts";
import { usageReader } from "./accounting/process-usage.ts";
import { profileTable } from "./accounting/profile.ts";
import { changeOptions, optionsIn } from "./change-options.ts";
import { helpText, readConfig } from "./config.ts";
import { writeSite } from "./sample-site/sample-site.ts";
import type { Config } from "./settings.ts";
import type { StructureConfig } from "./structures/structure.ts";
import { STRUCTURES, type StructureName } from "./structures/table.ts";

/** Time for answers under way after SIGTERM: Docker kills after 10 s. */
const DRAIN_MILLIS = 8_000;

await runProgram(async () => {
  const config = readConfig(process.argv.slice(2), process.env);
  await (config === null ? print(helpText()) : serve(config));
  return EXIT.done;
});

async function serve({ structure, managementAddress, seed, server }: Config): Promise<void> {
  const root = await prepareRoot(server.site.root, seed);
  const threads: Counters[] = [];
  const newCounters = (counters = createCounters()) => {
    threads.push(counters);
    return counters;
  };
  const { address, protocol, transport } = server;
  const sockets = socketsOf(structure, server);
  const config = { ...server, site: { ...server.site, root } };
  const started = await STRUCTURES[structure].start(config, newCounters).catch((cause: unknown) => {
    const attempt = `listening on ${address} port ${server.port}`;
    throw new RttlabError("E_LISTEN", `${attempt}: ${(cause as Error).message}`, { cause });
  });
  const { queued } = started;
  const usage = usageReader(started.processes);
  const serving = { structure, transport, sockets, protocol, address, port: started.port, root };
  const status = () => ({
    ...serving,
    accepted: scalar(threads, "acceptedConnections"),
    connections: scalar(threads, "openConnections"),
    options: optionsIn(process.env),
  });
  if (managementAddress !== null) {
    // The library of metrics takes as long to load as the server.
    const { createMetrics } = await import("./accounting/metrics.ts");
    const { serveMetrics } = await import("../../lib/contract/serving/metrics.ts");
    const profile = () => profileTable(`${structure} on ${sockets}`, threads, usage());
    await serveMetrics(createMetrics(structure, sockets, threads, { queued, usage }), managementAddress, METRICS_PORT, {
      "/profile": profile,
    });
    const handlers: Handlers<"server"> = { status, set: changeOptions(() => started.close(0)) };
    await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log("draining", { connections: scalar(threads, "openConnections") });
      await started.close(DRAIN_MILLIS);
      process.exit(EXIT.done);
    });
  }
  log("ready", serving);
}

/** The kind of its sockets, as metrics and the log have it. */
function socketsOf(structure: StructureName, { transport, sockets }: StructureConfig): string {
  if (transport === "rudp") return transport;
  return STRUCTURES[structure].usesSystemCalls ? "blocking" : sockets;
}

/**
 * The document root without symbolic links. With a seed, the generated site is written into it
 * first.
 */
async function prepareRoot(root: string, seed: number | null): Promise<string> {
  try {
    if (seed !== null) {
      await mkdir(root, { recursive: true });
      await writeSite(root, seed);
    }
    return await realpath(root);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new RttlabError("E_ROOT", `preparing the document root ${root}: ${reason}`, { cause });
  }
}
