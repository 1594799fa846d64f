// HyStart is a setting of the machine and not of a host. A study that was killed leaves it as its
// last run had it, and another study may set it at the moment: a study that does not name it would
// be of a kernel that is not the usual one.

import type { Environment } from "../analysis/results.ts";
import { RttlabError } from "../lib/errors.ts";
import type { tunedSettings } from "./run.ts";
import { HYSTART } from "./sysctls.ts";

/** Throws E_STUDY_MACHINE if HyStart is off and no cell of the study says so. */
export function refuseLeftOver({ facts }: Environment, tuned: ReturnType<typeof tunedSettings>): void {
  const isNamed = [...tuned.values()].some((names) => names.includes("hystart"));
  if (facts[HYSTART] !== "0" || isNamed) return;
  throw new RttlabError(
    "E_STUDY_MACHINE",
    "studying: HyStart of CUBIC is off on this machine, and no cell of the study says so. A study that was killed " +
      "left it off (`study resume` of that one puts it back at its end), another one sets it now, or it is meant: " +
      "then say so, as `fixed: {host.server.hystart: off}`",
  );
}
