// The structures of the server. A new one is a file and a line here.

import { event } from "./event.ts";
import { eventMulti } from "./event-multi.ts";
import type { Structure } from "./structure.ts";

export const STRUCTURES = { event, "event-multi": eventMulti } as const satisfies Record<string, Structure>;
export type StructureName = keyof typeof STRUCTURES;
