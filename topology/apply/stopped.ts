// Whether the main process of a container is stopped, by SIGSTOP. Docker says that it
// runs, and it accepts connections that it never answers: to ask it would take all patience.

import type { Fault } from "../plan/observed.ts";
import type { Engine } from "./docker.ts";

export const STOPPED: Fault = { kind: "unreachable", text: "its service is stopped" };

/** By the `ps` of the machine that Docker runs on; false if that cannot say. */
export async function isStopped({ docker }: Engine, container: string, pid: number): Promise<boolean> {
  const asking = docker.getContainer(container).top({ ps_args: "-e -o pid,stat" });
  const rows: string[][] = await asking.then(
    ({ Processes }) => Processes ?? [],
    () => [], // it has just ended, or there is no such program
  );
  return rows.some(([id, state = ""]) => id === `${pid}` && state.startsWith("T"));
}
