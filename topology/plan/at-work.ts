// Containers that a command has made for a while beside hosts and links: a calibration its probes,
// a study its attendants, `status` a look into a host. A plan leaves them to a command that is at
// work, and removes what a killed one has left.

import { belongingName, dockerName, memberOf, roleOf } from "./names.ts";
import type { ObservedContainer } from "./observed.ts";

/** A container that looks whether a host is wired has this purpose, and a process's number. */
export const PROOF = "proof-";

interface Kept {
  scenario: string;
  isStudied: boolean;
  /** Containers and networks that the plan leaves as they are, by Docker's names. */
  containers: ReadonlyMap<string, ObservedContainer>;
  networks: ReadonlySet<string>;
}

/** Whether a command that is at work needs the container, and the plan keeps what that serves. */
export function isAtWork(one: ObservedContainer, { scenario, isStudied, containers, networks }: Kept): boolean {
  const served = containers.get(dockerName(scenario, memberOf(one.labels) ?? ""));
  if (served === undefined) return false;
  switch (roleOf(one.labels)) {
    case "probe":
      return served.isCalibrating && Object.keys(one.addresses).every((network) => networks.has(network));
    case "tuning":
    case "tracing":
      return isStudied;
    case "wiring":
      // A look ends by itself; whoever has begun it then removes it.
      return one.state === "running" && one.name.startsWith(belongingName(served.name, PROOF));
    default:
      return false;
  }
}
