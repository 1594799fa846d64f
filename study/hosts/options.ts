// A host's options as a study changes them: those of a cell, and the scenario's or the usual ones
// where the cell names none.

import type { Host } from "../../topology/model/topology.ts";
import { acceptsOption, type Options, rangeOf } from "../../topology/roles/options.ts";
import { roomForWorkers } from "../../topology/roles/server.ts";
import { hostRole } from "../../topology/roles/table.ts";
import type { Settings } from "../file/study.ts";

/**
 * Why an option cannot have a value, or null if it can; undefined if the host has no such option.
 */
export function refusalOfOption(
  { name, role, options: chosen }: Host,
  word: string,
  text: string,
): { message: string; allowed: string } | null | undefined {
  const option = hostRole(role).options?.[word];
  if (option === undefined) return undefined;
  if (!acceptsOption(option, text)) return { message: `${text} cannot be set`, allowed: rangeOf(option) };
  const room = roomForWorkers(chosen);
  if (word !== "workers" || Number(text) <= room) return null;
  return {
    message: `the container of ${name} has room for ${room} workers`,
    allowed: `at most ${room}, or more workers in the scenario`,
  };
}

/** `named`: the settings that any cell names for this host. */
export function optionsOfCell({ role, options: chosen }: Host, settings: Settings, named: readonly string[]): Options {
  const known = hostRole(role).options ?? {};
  return Object.fromEntries(
    named.flatMap((name) => {
      const option = known[name];
      return option === undefined ? [] : [[name, settings[name] ?? chosen[name] ?? option.usual] as const];
    }),
  );
}
