// The settings that a scenario may choose for a server, for those who read scenarios: topology/
// imports no service, so `npm run generate` writes them to topology/roles/server-options.json.

import { SETTINGS, type Setting } from "./settings.ts";
import type { Structure } from "./structures/structure.ts";
import { STRUCTURES } from "./structures/table.ts";

/** Options that the testbed itself decides, or that depend on the machine. */
const NOT_CHOSEN = ["port", "generate", "sockets", "log"];

/** By option. */
export const SCENARIO_OPTIONS: Readonly<Record<string, Setting<unknown>>> = Object.fromEntries(
  Object.values<Setting<unknown>>(SETTINGS)
    .filter(({ option, choice }) => choice !== undefined && !NOT_CHOSEN.includes(option))
    .map((setting) => [setting.option, setting]),
);

/** How many threads do the work of a structure, where that is not its workers. */
const THREADS = Object.fromEntries(
  Object.entries<Structure>(STRUCTURES).flatMap(([name, { threads }]) =>
    threads === undefined ? [] : [[name, threads]],
  ),
);

/** By option: its variable, what it means, its default, and its accepted values. */
export function scenarioOptions(): object {
  return Object.fromEntries(
    Object.entries(SCENARIO_OPTIONS).map(([option, { variable, help, usual, format, choice }]) => [
      option,
      { variable, help, usual: format(usual), ...choice, ...(option === "structure" && { threads: THREADS }) },
    ]),
  );
}
