// A host's settings as words of its tuning container (images/host/tune.sh): the study's settings,
// and the usual value of everything else, so that a run never inherits settings of the run before
// it.

import type { Settings } from "../file/study.ts";
import { HOST_SETTINGS } from "./settings.ts";

/** `named`: the settings that any cell of the study names for this host; others are left alone. */
export function tuningWords(settings: Settings, named: readonly string[]): string[] {
  const textOf = (name: string) => settings[name] ?? HOST_SETTINGS[name]?.usual ?? "";
  const ofRoutes = named.filter((name) => HOST_SETTINGS[name]?.route !== undefined);
  // A route without congctl has the namespace's default, which differs between machines.
  const routes = ["congestion", ...ofRoutes.filter((name) => name !== "congestion")];
  const files = named.flatMap((name) => HOST_SETTINGS[name]?.files?.(textOf(name)) ?? []);
  return [
    ...(ofRoutes.length === 0
      ? []
      : ["route", ...routes.flatMap((name) => HOST_SETTINGS[name]?.route?.(textOf(name)) ?? [])]),
    ...files.flatMap(({ folder, name, content }) => ["file", `${folder}/${name}`, content]),
  ];
}
