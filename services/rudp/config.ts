// The service's configuration, from the environment, read once (docs/container-contract.md).

import { isIPv4 } from "node:net";
import { type Problem, RttlabError } from "../../lib/errors.ts";

/** Where a RUDP endpoint of a testbed serves transfers. */
export const DEFAULT_PORT = 4000;

export interface Config {
  scenario: string;
  name: string;
  /** Listens there and sends from there, so nothing can leave by the management network. */
  dataAddress: string;
  mgmtAddress: string;
}

/** The frozen configuration. Throws E_BAD_ENVIRONMENT with every problem. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const read = (path: string, accepts: (value: string) => boolean, allowed: string): string => {
    const value = environment[path] ?? "";
    const message = value === "" ? "is missing" : `${value} is not valid`;
    if (!accepts(value)) problems.push({ path, message, allowed });
    return value;
  };
  const config = {
    scenario: read("RTTLAB_SCENARIO", (value) => value !== "", "a name"),
    name: read("RTTLAB_NAME", (value) => value !== "", "a name"),
    dataAddress: read("RTTLAB_DATA_ADDRESS", isIPv4, "an IPv4 address"),
    mgmtAddress: read("RTTLAB_MGMT_ADDRESS", isIPv4, "an IPv4 address"),
  };
  if (problems.length > 0) {
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the environment: it is not whole", { problems });
  }
  return Object.freeze(config);
}
