// The structures there are. A new one is a file and a line here.

import { event } from "./event.ts";
import type { Structure } from "./structure.ts";

export const STRUCTURES = { event } as const satisfies Record<string, Structure>;
export type StructureName = keyof typeof STRUCTURES;
