// A helper that stays in the network namespace of another container, whatever that runs. It sleeps,
// and commands in it do what the other has no rights or no tools for. `down` removes it by label,
// like everything.

import type { Engine } from "./docker.ts";
import { type Helper, startHelper } from "./helper.ts";

export interface Attendant extends Omit<Helper, "command" | "networkMode"> {
  /** The container that it attends. */
  container: string;
}

/** Starts it, in place of an earlier one of its name. */
export async function startAttendant(engine: Engine, { container, ...helper }: Attendant): Promise<void> {
  await startHelper(engine, { ...helper, command: ["sleep", "infinity"], networkMode: `container:${container}` });
}
