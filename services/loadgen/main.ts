// The load generator: waits for `run` requests, does one at a time. Open loads and pages come later (docs/loadgen.md).

import { once } from "node:events";
import { describeError, EXIT, exitStatus, RttlabError } from "../../lib/errors.ts";
import type { LoadResult, LoadSettings } from "../../lib/results.ts";
import { type RequestHandler, serveRequests } from "../../lib/service/control.ts";
import { readHostConfig } from "../../lib/service/host-config.ts";
import { log } from "../../lib/service/log.ts";
import { serveMetrics } from "../../lib/service/metrics.ts";
import { BackgroundLoad } from "./background.ts";
import { createMetrics } from "./metrics.ts";
import { resolveTarget, runLoad } from "./run.ts";
import { MAX_SECONDS, parseSettings } from "./settings.ts";

try {
  await main();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitStatus(error);
}

async function main(): Promise<void> {
  const config = readHostConfig(process.env);
  const metrics = createMetrics();
  const background = new BackgroundLoad(metrics.observe, (running) => metrics.setRunning("background", running));
  const held: { running: LoadSettings | null; last: LoadResult | null; background: unknown } = {
    ...{ running: null, last: null, background: null },
  };

  const run: RequestHandler = async (request, emit, signal) => {
    const settings = parseSettings(request);
    if (held.running !== null) {
      throw new RttlabError("E_BUSY", "running a load: another one is running, and they would measure each other");
    }
    held.running = settings;
    log("run", { settings });
    const letGo = await background.hold();
    metrics.setRunning("run", true);
    try {
      const onSecond = (second: object) => emit("second", { ...second });
      held.last = await runLoad(settings, config.dataAddress, metrics.observe, onSecond, signal);
      return { result: held.last };
    } finally {
      held.running = null;
      metrics.setRunning("run", false);
      letGo();
    }
  };

  const setBackground: RequestHandler = async ({ load }) => {
    const settings = load === null ? null : parseSettings({ ...(load as object), seconds: MAX_SECONDS });
    const endpoint = settings === null ? null : await resolveTarget(settings.target, config.dataAddress);
    await background.set(settings === null || endpoint === null ? null : { settings, endpoint });
    held.background = load;
    log("background", { load });
    return { load };
  };

  /** Until the client's input ends. */
  const quiet: RequestHandler = async (_request, emit, signal) => {
    const letGo = await background.hold();
    emit("quiet");
    if (!signal.aborted) await once(signal, "abort");
    letGo();
    return {};
  };

  await serveMetrics(metrics.registry, config.mgmtAddress);
  await serveRequests(
    { run, background: setBackground, quiet, status: () => ({ ...held }) },
    process.env.RTTLAB_CONTROL_SOCKET,
  );
  process.once("SIGTERM", () => process.exit(EXIT.done));
  log("ready", { name: config.name, dataAddress: config.dataAddress });
}
