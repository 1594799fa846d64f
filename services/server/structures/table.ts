// The structures of the server. A new one is a file and a line here.

import { coroutine } from "./coroutine.ts";
import { event } from "./event.ts";
import { eventMulti } from "./event-multi.ts";
import { fork } from "./fork.ts";
import { iterative } from "./iterative.ts";
import { prefork } from "./prefork.ts";
import { prethread } from "./prethread.ts";
import { staged } from "./staged.ts";
import type { Structure } from "./structure.ts";
import { thread } from "./thread.ts";

export const STRUCTURES = {
  event,
  "event-multi": eventMulti,
  coroutine,
  staged,
  iterative,
  prethread,
  prefork,
  thread,
  fork,
} as const satisfies Record<string, Structure>;
export type StructureName = keyof typeof STRUCTURES;
