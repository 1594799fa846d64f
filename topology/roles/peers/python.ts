// Servers of Python's standard library (images/peers/python/serve.py): socketserver with a thread
// or a process for each connection, at most so many, and asyncio's streams. They have no
// configuration of their own, so theirs is JSON.

import { USUAL_WORKERS } from "../serving.ts";
import { CONFIGURATION, DATA_ADDRESS, type Peer, TIMEOUTS } from "./peer.ts";

export const pythonThreading = python("threading", "workers");
export const pythonForking = python("forking", "workers");
export const pythonAsyncio = python("asyncio", "connections");

function python(structure: string, limit: "workers" | "connections"): Peer {
  return {
    protocols: ["http", "echo"],
    options: [limit, "backlog", ...TIMEOUTS],
    // Threads of Python take turns, for one at a time has the interpreter.
    threads: ({ workers }) => (structure === "forking" ? workers || USUAL_WORKERS : 1),
    command: ["python3", "-B", "/rttlab/peers/serve.py", CONFIGURATION],
    configuration: ({ protocol, port, root, backlog, ...settings }) =>
      `${JSON.stringify({
        structure,
        protocol,
        address: DATA_ADDRESS,
        port,
        root,
        limit: limit === "workers" ? settings.workers || USUAL_WORKERS : settings.connections,
        backlog,
        idleSeconds: settings.idleMillis / 1000,
        headSeconds: settings.headMillis / 1000,
        contentSeconds: settings.contentMillis / 1000,
        writeSeconds: settings.writeMillis / 1000,
      })}\n`,
  };
}
