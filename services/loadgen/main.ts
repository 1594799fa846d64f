// The load generator: performs one `run` request at a time (docs/loadgen.md).

import type { Handlers } from "../../lib/contract/contract.ts";
import { MAX_SECONDS, parseSettings } from "../../lib/contract/load/settings.ts";
import { METRICS_PORT } from "../../lib/contract/places.ts";
import { readHostConfig } from "../../lib/contract/serving/host-config.ts";
import { log } from "../../lib/contract/serving/log.ts";
import { serveMetrics } from "../../lib/contract/serving/metrics.ts";
import { serveRequests } from "../../lib/contract/serving/requests.ts";
import { workloadHandlers } from "../../lib/contract/serving/workload.ts";
import { EXIT } from "../../lib/errors.ts";
import { runProgram } from "../../lib/program.ts";
import { beginLoad } from "./background.ts";
import { createMetrics } from "./metrics.ts";
import { resolveTarget, runLoad } from "./run.ts";

await runProgram(main);

async function main(): Promise<number> {
  const { name, dataAddress, mgmtAddress, nthWithin } = readHostConfig(process.env);
  const { registry, counters, setRunning } = createMetrics();
  const handlers: Handlers<"loadgen"> = workloadHandlers({
    name: "a load",
    readSettings: parseSettings,
    async run(settings, onSecond, signal) {
      setRunning("run", true);
      try {
        return await runLoad(settings, dataAddress, counters.run, onSecond, signal);
      } finally {
        setRunning("run", false);
      }
    },
    async readBackground(load) {
      const settings = parseSettings({ ...load, seconds: MAX_SECONDS });
      return { settings, destination: await resolveTarget(settings.target, dataAddress) };
    },
    begin(wanted) {
      const running = beginLoad(wanted, counters.background);
      setRunning("background", true);
      return {
        async end() {
          await running.end();
          setRunning("background", false);
        },
      };
    },
  });
  await serveMetrics(registry, mgmtAddress, METRICS_PORT + nthWithin);
  await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", () => process.exit(EXIT.done));
  log("ready", { name, dataAddress });
  return EXIT.done;
}
