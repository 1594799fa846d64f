// A process of a pool. It ends with its parent, however that ends; Ctrl-C in a terminal reaches
// both, and is the parent's to handle.

import { writeSync } from "node:fs";
import { endWithParent } from "../../../lib/sockets/parent.ts";
import { mapSharedMemory } from "../../../lib/sockets/shared-memory.ts";
import { work } from "./blocking-worker.ts";
import { PoolState } from "./pool-state.ts";
import { CHILD, type ProcessStart } from "./prefork.ts";

const start = JSON.parse(process.argv[2] as string) as ProcessStart;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
endWithParent(start.parent);
const state = new PoolState(mapSharedMemory(CHILD.memory, PoolState.bytes(start.workers)), start.workers);
writeSync(CHILD.ready, "ready");
const taken = { ...start, descriptor: CHILD.taken };
// A connection that it serves is a descriptor, over RUDP that of a relay.
if (start.config.transport === "tcp" || start.task === "serve") await work(taken, state);
else await (await import("./rudp-worker.ts")).workInProcess(taken, state);
process.exit();
