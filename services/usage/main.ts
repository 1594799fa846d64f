// CPU, memory and network of every container of a testbed, from the kernel's own accounting,
// including containers without metrics; and the progress of a study, from its runner. It reads
// files and can do nothing else (docs/decisions/0005-container-usage.md). `up` sends the list of
// containers.

import type { Handlers } from "../../lib/contract/contract.ts";
import { MACHINE_FILES } from "../../lib/contract/places.ts";
import { HOST_FIELDS, type HostConfig } from "../../lib/contract/serving/host-config.ts";
import { log } from "../../lib/contract/serving/log.ts";
import { serveMetrics } from "../../lib/contract/serving/metrics.ts";
import { serveRequests } from "../../lib/contract/serving/requests.ts";
import { readStudyProgress } from "../../lib/contract/study-progress.ts";
import type { Watched } from "../../lib/contract/usage.ts";
import { EXIT } from "../../lib/errors.ts";
import { readEnvironment } from "../../lib/fields/read.ts";
import { runProgram } from "../../lib/program.ts";
import { readMachine } from "./machine.ts";
import { createMetrics } from "./metrics.ts";
import { runningStudy } from "./study.ts";
import { readUsage } from "./usage.ts";
import { parseWatched } from "./watched.ts";

await runProgram(main);

async function main(): Promise<number> {
  const { mgmtAddress } = HOST_FIELDS;
  const { mgmtAddress: address } = readEnvironment<Pick<HostConfig, "mgmtAddress">>({ mgmtAddress }, process.env);
  const places = { cgroups: MACHINE_FILES.cgroups, processes: MACHINE_FILES.processes, management: address };
  let containers: Watched[] = [];
  const study = runningStudy();
  await serveMetrics(
    createMetrics(
      () => containers,
      (container) => readUsage(container, places),
      () => study.now(Date.now()),
    ),
    address,
  );
  const handlers: Handlers<"usage"> = {
    watch(request) {
      containers = parseWatched(request.containers);
      return { containers };
    },
    read: () => ({
      atMillis: performance.timeOrigin + performance.now(),
      machine: readMachine(MACHINE_FILES.processes),
      containers: containers.map((container) => ({ host: container.host, usage: readUsage(container, places) })),
    }),
    study({ progress }) {
      study.report(readStudyProgress(progress), Date.now());
      return {};
    },
    status: () => ({ containers }),
  };
  await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", () => process.exit(EXIT.done));
  log("ready", { address });
  return EXIT.done;
}
