// The RUDP endpoint of a testbed: serves transfers on its data address, and runs measured transfers
// on request, one at a time.

import { setTimeout as delay } from "node:timers/promises";
import type { Handlers } from "../../../lib/contract/contract.ts";
import { METRICS_PORT, RUDP_PORT } from "../../../lib/contract/places.ts";
import type { HostConfig } from "../../../lib/contract/serving/host-config.ts";
import { log } from "../../../lib/contract/serving/log.ts";
import { serveMetrics } from "../../../lib/contract/serving/metrics.ts";
import { serveRequests } from "../../../lib/contract/serving/requests.ts";
import { workloadHandlers } from "../../../lib/contract/serving/workload.ts";
import type { TransferProgress } from "../../../lib/contract/transfer.ts";
import { EXIT } from "../../../lib/errors.ts";
import { Endpoint } from "../thread/endpoint.ts";
import type { RudpSocket } from "../thread/socket.ts";
import { beginTransfers, checkBackground } from "./background.ts";
import { createMetrics } from "./metrics.ts";
import { traceHandler } from "./trace.ts";
import { hostTransfers } from "./transfer/host.ts";
import { run } from "./transfer/run.ts";
import { checkRun, type RunSettings } from "./transfer/settings.ts";

/**
 * Time for resets to reach the peers when the service stops. Connections in TIME-WAIT are not
 * awaited.
 */
const FAREWELL_MILLIS = 200;

/** Resolves when it listens. It ends with the process, at SIGTERM. */
export async function startService({ name, dataAddress, mgmtAddress, nthWithin }: HostConfig): Promise<void> {
  const endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: dataAddress, port: RUDP_PORT + nthWithin });
  const metrics = createMetrics(() => listener.counters());
  const onOpen = (socket: RudpSocket) => void metrics.show(socket, "opened");
  const transfer = (settings: RunSettings, signal: AbortSignal, onSecond?: (progress: TransferProgress) => void) =>
    run(endpoint, settings, dataAddress, { onOpen, ...(onSecond && { onProgress: onSecond }) }, signal);
  const workload: Omit<Handlers<"rudp">, "trace"> = workloadHandlers({
    name: "a transfer",
    readSettings: checkRun,
    run: (settings, onSecond, signal) => transfer(settings, signal, onSecond),
    readBackground: checkBackground,
    begin: (wanted) =>
      beginTransfers(wanted, ({ target, bytes }, signal) => transfer(checkRun({ target, bytes }), signal)),
  });
  void hostTransfers(listener, {
    onAccepted: (socket) => void metrics.show(socket, "accepted"),
    onServed: () => {},
    onFailed: ({ peer }, { message }) => log("failed", { peer, message }),
  }).catch(() => {});
  await serveMetrics(metrics.registry, mgmtAddress, METRICS_PORT + nthWithin);
  const handlers: Handlers<"rudp"> = { ...workload, trace: traceHandler(endpoint) };
  await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", async () => {
    await Promise.race([endpoint.closeAsync(), delay(FAREWELL_MILLIS)]);
    process.exit(EXIT.done);
  });
  log("ready", { name, dataAddress, port: listener.port });
}
