// The RUDP endpoint of a testbed: serves transfers on its data address, and runs those that it is asked for, one at a time.

import { setTimeout as delay } from "node:timers/promises";
import { EXIT } from "../../../lib/errors.ts";
import { serveRequests } from "../../../lib/service/control.ts";
import type { HostConfig } from "../../../lib/service/host-config.ts";
import { log } from "../../../lib/service/log.ts";
import { serveMetrics } from "../../../lib/service/metrics.ts";
import { workloadHandlers } from "../../../lib/service/workload.ts";
import { Endpoint } from "../thread/endpoint.ts";
import type { RudpSocket } from "../thread/socket.ts";
import { beginTransfers, checkBackground } from "./background.ts";
import { DEFAULT_PORT } from "./config.ts";
import { createMetrics } from "./metrics.ts";
import { hostTransfers } from "./transfer/host.ts";
import { checkRun, type RunSettings, run } from "./transfer/run.ts";

/** Time for resets to go out to the peers when it is stopped; a connection in TIME-WAIT is not waited for. */
const FAREWELL_MILLIS = 200;

/** Resolves when it listens. It ends with the process, at SIGTERM. */
export async function startService({ name, dataAddress, mgmtAddress }: HostConfig): Promise<void> {
  const endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: dataAddress, port: DEFAULT_PORT });
  const metrics = createMetrics(() => listener.counters());
  const onOpen = (socket: RudpSocket) => void metrics.show(socket, "opened");
  const transfer = (settings: RunSettings, signal: AbortSignal, onSecond?: (second: object) => void) =>
    run(endpoint, settings, dataAddress, { onOpen, ...(onSecond && { onProgress: onSecond }) }, signal);
  const handlers = workloadHandlers({
    name: "a transfer",
    readSettings: ({ op: _, ...given }) => checkRun(given),
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
  await serveMetrics(metrics.registry, mgmtAddress);
  await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", async () => {
    await Promise.race([endpoint.closeAsync(), delay(FAREWELL_MILLIS)]);
    process.exit(EXIT.done);
  });
  log("ready", { name, dataAddress, port: listener.port });
}
