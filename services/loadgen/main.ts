// The load generator: waits for `run` requests, does one at a time. Open loads and pages come later (docs/loadgen.md).

import { describeError, EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import type { LoadResult, LoadSettings } from "../../lib/results.ts";
import { type RequestHandler, serveRequests } from "../../lib/service/control.ts";
import { log } from "../../lib/service/log.ts";
import { serveMetrics } from "../../lib/service/metrics.ts";
import { readConfig } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { runLoad } from "./run.ts";
import { parseSettings } from "./settings.ts";

try {
  await main();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const metrics = createMetrics();
  const held: { running: LoadSettings | null; last: LoadResult | null } = { running: null, last: null };

  const run: RequestHandler = async (request, emit, signal) => {
    const settings = parseSettings(request);
    if (held.running !== null) {
      throw new RttlabError("E_BUSY", "running a load: another one is running, and they would measure each other");
    }
    held.running = settings;
    log("run", { settings });
    try {
      const onSecond = (second: object) => emit("second", { ...second });
      held.last = await runLoad(settings, config.dataAddress, metrics.observe, onSecond, signal);
      return { result: held.last };
    } finally {
      held.running = null;
    }
  };

  await serveMetrics(metrics.registry, config.mgmtAddress);
  await serveRequests({ run, status: () => ({ ...held }) }, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", () => process.exit(EXIT.done));
  log("ready", { name: config.name, dataAddress: config.dataAddress });
}
