// The server: PID 1 of a server host, or started from a terminal (`./bin/rttlab server --help`).

import { existsSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import type { Handlers } from "../../lib/contract/contract.ts";
import { CONTROL_FOLDER, METRICS_PORT } from "../../lib/contract/places.ts";
import type { ServerState } from "../../lib/contract/server.ts";
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
import type { RunningStructure, StructureConfig } from "./structures/structure.ts";
import { STRUCTURES, type StructureName } from "./structures/table.ts";

/** Time for answers under way after SIGTERM: Docker kills after 10 s. */
const DRAIN_MILLIS = 8_000;

/** The server as `ready` and `status` describe it. */
type Serving = Omit<ServerState, "accepted" | "connections" | "options">;

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
  const serving = { structure, transport, sockets, protocol, address, port: started.port, root };
  if (managementAddress !== null) {
    await serveManagement(managementAddress, serving, started, threads).catch(async (error) => {
      await started.close(0);
      throw error;
    });
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

/**
 * Metrics and requests. Started by hand the server has no place for the socket of requests, unless
 * it is named.
 */
async function serveManagement(
  managementAddress: string,
  serving: Serving,
  started: RunningStructure,
  threads: readonly Counters[],
): Promise<void> {
  const { structure, sockets } = serving;
  const { queued, idleMillis, processes } = started;
  const usage = usageReader(processes);
  // The library of metrics takes as long to load as the server.
  const { createMetrics } = await import("./accounting/metrics.ts");
  const { serveMetrics } = await import("../../lib/contract/serving/metrics.ts");
  const metrics = createMetrics(structure, sockets, threads, { queued, idleMillis, usage });
  const profile = () => profileTable(`${structure} on ${sockets}`, threads, usage());
  await serveMetrics(metrics, managementAddress, METRICS_PORT, { "/profile": profile });
  const status = () => ({
    ...serving,
    accepted: scalar(threads, "acceptedConnections"),
    connections: scalar(threads, "openConnections"),
    options: optionsIn(process.env),
  });
  const handlers: Handlers<"server"> = { status, set: changeOptions(() => started.close(0)) };
  const { RTTLAB_CONTROL_SOCKET } = process.env;
  if (RTTLAB_CONTROL_SOCKET !== undefined || existsSync(CONTROL_FOLDER))
    await serveRequests(handlers, RTTLAB_CONTROL_SOCKET);
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
