// The engine's thread: receives commands from the application's thread and answers them. If the
// engine fails, all its connections fail.

import { lookup } from "node:dns/promises";
import { type MessagePort, workerData } from "node:worker_threads";
import { RttlabError } from "../../../../lib/errors.ts";
import { connectionOptions } from "../../protocol/connection/options.ts";
import { answerEvents, type Bell } from "../bell.ts";
import { createChannel, failChannel } from "../channel.ts";
import { badTarget } from "../place.ts";
import { count } from "../ring.ts";
import { type BoundPort, connectTo, createEngine, listenAt, stop, traceInto, unlisten } from "./engine.ts";
import type { Answer, Command, Place } from "./messages.ts";
import { openTrace, traceOf } from "./trace.ts";

const { bell, commands } = workerData as { bell: Bell; commands: MessagePort };
const ports = new Map<number, BoundPort>();
const engine = createEngine(bell, () => {
  answer({ event: "stopped" });
  process.exit();
});

commands.on("message", (command: Command) => {
  perform(command).catch((error: unknown) => {
    const { code, message, problems } =
      error instanceof RttlabError ? error : new RttlabError("E_RUDP_ENGINE", `running RUDP: ${error}`);
    if ("key" in command) answer({ event: "refused", key: command.key, code, message, problems });
  });
});

process.on("uncaughtException", (error) => {
  process.stderr.write(`the RUDP engine failed: ${error.stack}\n`);
  for (const { attachments } of engine.ports) {
    for (const { channel } of attachments.values()) failChannel(channel, "E_RUDP_ENGINE");
  }
  answer({ event: "stopped" });
  process.exit(1);
});

async function perform(command: Command): Promise<void> {
  switch (command.op) {
    case "listen": {
      const { key, maximumConnections, connection } = command;
      connectionOptions(connection);
      const port = await listenAt(engine, command, maximumConnections, connection, ({ memory }, peer) =>
        answer({ event: "accepted", key, memory, peer }),
      );
      ports.set(key, port);
      return answer({ event: "listening", key, ...port.datagrams.place });
    }
    case "connect": {
      const { key, memory, from, trace, connection } = command;
      connectionOptions(connection);
      const place = await resolved(command);
      const peer = `${place.address}:${place.port}`;
      const traced = trace === null ? traceOf(engine, peer, performance.now()) : openTrace(trace, performance.now());
      await connectTo(engine, from, place, connection, createChannel(memory), traced);
      return answer({ event: "connecting", key });
    }
    case "count": {
      const bound = ports.get(command.listener);
      if (bound !== undefined) answer({ event: "counted", key: command.key, counters: { ...bound.port.counters } });
      return;
    }
    case "unlisten": {
      const port = ports.get(command.key);
      if (port !== undefined) unlisten(engine, port, () => answer({ event: "unlistened", key: command.key }));
      return;
    }
    case "await-start":
      return answer({ event: "started", key: command.key });
    case "trace":
      traceInto(engine, command.folder);
      return answer({ event: "traced", key: command.key });
    case "stop":
      return stop(engine);
  }
}

async function resolved({ address, port }: Place): Promise<Place> {
  try {
    return { address: (await lookup(address, { family: 4 })).address, port };
  } catch (cause) {
    const hasSix = await lookup(address, { family: 6 }).then(
      () => true,
      () => false,
    );
    const reason = hasSix
      ? "the name has IPv6 addresses only, and RUDP runs over IPv4 only"
      : "the name does not resolve here";
    throw badTarget(`connecting to ${address}: ${reason}`, cause);
  }
}

function answer(message: Answer): void {
  commands.postMessage(message);
  count(answerEvents(bell));
}
