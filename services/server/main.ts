// The server: PID 1 of a server host, or on its own from a terminal (`./bin/rttlab server --help`).

import { mkdir, realpath } from "node:fs/promises";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { print, runProgram } from "../../lib/program.ts";
import { serveRequests } from "../../lib/service/control.ts";
import { log } from "../../lib/service/log.ts";
import { serveMetrics } from "../../lib/service/metrics.ts";
import { METRICS_PORT } from "../../lib/service/ports.ts";
import { type Config, helpText, readConfig } from "./config.ts";
import { type Counters, createCounters, scalar } from "./counters.ts";
import { DEFAULT_LIMITS } from "./http/limits.ts";
import { createMetrics } from "./metrics.ts";
import { type ProcessUsage, profileTable } from "./profile.ts";
import { writeSite } from "./site/site.ts";
import type { StructureConfig } from "./structures/structure.ts";
import { STRUCTURES } from "./structures/table.ts";

/** How long answers under way may take after SIGTERM: Docker kills after 10 s. */
const DRAIN_MILLIS = 8_000;

await runProgram(async () => {
  const config = readConfig(process.argv.slice(2), process.env);
  await (config === null ? print(helpText()) : serve(config));
  return EXIT.done;
});

async function serve(config: Readonly<Config>): Promise<void> {
  const root = await prepareRoot(config);
  const lanes: Counters[] = [];
  const newLane = () => {
    const lane = createCounters();
    lanes.push(lane);
    return lane;
  };
  const { address, port, structure, sockets } = config;
  const started = await STRUCTURES[structure].start(structureConfig(config, root), newLane).catch((cause: unknown) => {
    throw new RttlabError("E_LISTEN", `listening on ${address} port ${port}: ${(cause as Error).message}`, { cause });
  });
  const status = () => ({
    structure,
    sockets,
    address,
    port: started.port,
    root,
    connections: scalar(lanes, "openConnections"),
    accepted: scalar(lanes, "acceptedConnections"),
  });
  if (config.managementAddress !== null) {
    const profile = () => profileTable(`${structure} on ${sockets}`, lanes, processUsage());
    await serveMetrics(createMetrics(structure, sockets, lanes), config.managementAddress, METRICS_PORT, {
      "/profile": profile,
    });
    await serveRequests({ status }, process.env.RTTLAB_CONTROL_SOCKET);
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, async () => {
      log("draining", { connections: scalar(lanes, "openConnections") });
      await started.close(DRAIN_MILLIS);
      process.exit(EXIT.done);
    });
  }
  log("ready", { structure, sockets, address, port: started.port, root });
}

function structureConfig(config: Readonly<Config>, root: string): StructureConfig {
  const { address, port, version, sockets, workers, index, headMillis, contentMillis, writeMillis, lingerMillis } =
    config;
  const cache = {
    bytes: config.cacheBytes,
    fileBytes: config.cacheFileBytes,
    revalidateMillis: config.cacheRevalidateMillis,
  };
  const idle = {
    minimumMillis: config.idleMinimumMillis,
    maximumMillis: config.idleMaximumMillis,
    capacity: config.idleCapacity,
  };
  return {
    ...{
      address,
      port,
      version,
      sockets,
      workers,
      site: { root, index, cache, htaccess: config.htaccess === "on" },
      limits: DEFAULT_LIMITS,
    },
    timeouts: { idle, headMillis, contentMillis, writeMillis, lingerMillis },
    accessLog: config.accessLog === "common",
    serverTiming: config.serverTiming === "on",
  };
}

function processUsage(): ProcessUsage {
  return { ...process.cpuUsage(), residentBytes: process.memoryUsage.rss() };
}

/** The document root without symbolic links, with the generated site in it where a seed is given. */
async function prepareRoot({ root, seed }: Readonly<Config>): Promise<string> {
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
