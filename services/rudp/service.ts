// The RUDP endpoint of a testbed: serves transfers on its data address, and runs those that it is asked for, one at a time.

import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { EXIT, RttlabError } from "../../lib/errors.ts";
import { type RequestHandler, serveRequests } from "../../lib/service/control.ts";
import type { HostConfig } from "../../lib/service/host-config.ts";
import { log } from "../../lib/service/log.ts";
import { serveMetrics } from "../../lib/service/metrics.ts";
import { Background, checkBackground } from "./background.ts";
import { DEFAULT_PORT } from "./config.ts";
import { Endpoint } from "./endpoint.ts";
import { createMetrics } from "./metrics.ts";
import type { RudpSocket } from "./socket.ts";
import { hostTransfers } from "./transfer/host.ts";
import { checkRun, type RunResult, type RunSettings, run } from "./transfer/run.ts";

/** Time for resets to go out to the peers when it is stopped; a connection in TIME-WAIT is not waited for. */
const FAREWELL_MILLIS = 200;

/** Resolves when it listens. It ends with the process, at SIGTERM. */
export async function startService(config: HostConfig): Promise<void> {
  const endpoint = new Endpoint();
  const listener = await endpoint.listenAsync({ address: config.dataAddress, port: DEFAULT_PORT });
  const metrics = createMetrics(() => listener.counters());
  const held: { running: RunSettings | null; last: RunResult | null; background: unknown } = {
    ...{ running: null, last: null, background: null },
  };
  const transfer = (settings: RunSettings, signal: AbortSignal, onSecond?: (second: object) => void) => {
    const watch = {
      onOpen: (socket: RudpSocket) => void metrics.show(socket, "opened"),
      onProgress: (now: object) => onSecond?.({ ...now }),
    };
    return run(endpoint, settings, config.dataAddress, watch, signal);
  };
  const background = new Background((wanted, signal) =>
    transfer(checkRun({ target: wanted.target, bytes: wanted.bytes }), signal),
  );

  const answerRun: RequestHandler = async (request, emit, signal) => {
    const { op: _, ...given } = request;
    const settings = checkRun(given);
    if (held.running !== null) {
      throw new RttlabError("E_BUSY", "running a transfer: another one is running, and they would measure each other");
    }
    held.running = settings;
    log("run", { settings });
    const letGo = await background.hold();
    try {
      held.last = await transfer(settings, signal, (second) => emit("second", { ...second }));
      return { result: held.last };
    } finally {
      held.running = null;
      letGo();
    }
  };

  const setBackground: RequestHandler = async ({ load }) => {
    const wanted = load === null ? null : checkBackground(load as Record<string, unknown>);
    await background.set(wanted);
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

  void hostTransfers(listener, {
    onAccepted: (socket) => void metrics.show(socket, "accepted"),
    onServed: () => {},
    onFailed: ({ peer }, { message }) => log("failed", { peer, message }),
  }).catch(() => {});
  await serveMetrics(metrics.registry, config.mgmtAddress);
  const handlers = { run: answerRun, background: setBackground, quiet, status: () => ({ ...held }) };
  await serveRequests(handlers, process.env.RTTLAB_CONTROL_SOCKET);
  process.once("SIGTERM", async () => {
    await Promise.race([endpoint.closeAsync(), delay(FAREWELL_MILLIS)]);
    process.exit(EXIT.done);
  });
  log("ready", { name: config.name, dataAddress: config.dataAddress, port: listener.port });
}
