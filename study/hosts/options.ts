// A host's settings and options as a study changes them: those of a cell, and the scenario's or the
// usual options where the cell names none.

import type { Problem } from "../../lib/errors.ts";
import type { TextKind } from "../../lib/fields/kinds.ts";
import { readText, unknownName } from "../../lib/fields/read.ts";
import type { Host } from "../../topology/model/topology.ts";
import { kindOf, type Options } from "../../topology/roles/options.ts";
import { roomForWorkers } from "../../topology/roles/serving.ts";
import { hostRole } from "../../topology/roles/table.ts";
import type { Settings } from "../file/study.ts";
import { HOST_SETTINGS } from "./settings.ts";

/** Why a setting or option of a host cannot have a value, or null if it can. */
export function hostProblem({ name, role, within, options: chosen }: Host, word: string, text: string): Problem | null {
  if (within !== undefined && Object.hasOwn(HOST_SETTINGS, word)) {
    const message = `${name} is within ${within}, whose kernel settings are its own too`;
    return { code: "E_CONFLICTING_KEYS", path: word, message, allowed: `host.${within}.${word}` };
  }
  const kinds = { ...HOST_SETTINGS, ...kindsOf(role, chosen) };
  if (!Object.hasOwn(kinds, word)) return unknownName(word, Object.keys(kinds));
  const read = readText(kinds[word] as TextKind<unknown>, word, text);
  if ("problem" in read) return read.problem;
  const room = roomForWorkers(chosen);
  if (word !== "workers" || Number(text) <= room) return null;
  const message = `the container of ${name} has room for ${room} workers`;
  const allowed = `at most ${room}, or more workers in the scenario`;
  return { code: "E_OUT_OF_RANGE", path: word, message, allowed };
}

function kindsOf(role: Host["role"], chosen: Options): Record<string, TextKind<unknown>> {
  const options = Object.entries(hostRole(role, chosen).options ?? {}).filter(([, { isFixed }]) => isFixed !== true);
  return Object.fromEntries(options.map(([option, allowed]) => [option, kindOf(allowed)]));
}

/** `named`: the settings that any cell names for this host. */
export function optionsOfCell({ role, options: chosen }: Host, settings: Settings, named: readonly string[]): Options {
  const known = hostRole(role, chosen).options ?? {};
  return Object.fromEntries(
    named.flatMap((name) => {
      const option = known[name];
      return option === undefined ? [] : [[name, settings[name] ?? chosen[name] ?? option.usual] as const];
    }),
  );
}
