// The link's agent: starts its backend, builds the link, serves requests. Exits with a non-zero
// status when packets can no longer cross.

import { log } from "../../lib/contract/serving/log.ts";
import { serveMetrics } from "../../lib/contract/serving/metrics.ts";
import { serveRequests } from "../../lib/contract/serving/requests.ts";
import { describeError, EXIT, exitStatus } from "../../lib/errors.ts";
import { startAgent } from "./agent.ts";
import { readConfig } from "./config.ts";
import { readCounters } from "./counters.ts";
import { startKernel } from "./kernel.ts";
import { createMetrics } from "./metrics.ts";
import { interfaceCounts, whenMoved } from "./moved.ts";
import { startUml } from "./uml.ts";

process.once("SIGTERM", () => process.exit(EXIT.done)); // the guest ends with PID 1

try {
  await main();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(exitStatus(error));
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const backend = await (config.backend === "uml" ? startUml(config) : startKernel(config));
  backend.ended.then((reason) => {
    log("ended", { reason });
    process.exit(EXIT.failed);
  });
  const agent = await startAgent(backend, config);
  const { name: link } = config;
  const fingerprint = () =>
    `${agent.changedAtMillis()} ${JSON.stringify(agent.inForce())}\n${interfaceCounts(backend.interfaces)}`;
  const counters = whenMoved(() => readCounters(backend), fingerprint);
  await serveMetrics(
    createMetrics({
      link,
      backend: backend.name,
      settings: agent.inForce,
      changedAtMillis: agent.changedAtMillis,
      counters,
    }),
    config.mgmtAddress,
  );
  await serveRequests(agent.handlers, process.env.RTTLAB_CONTROL_SOCKET);
  log("ready", { name: link, backend: backend.name });
}
