// The configuration of a testbed host, read once from the environment (docs/container-contract.md).

import { isIPv4 } from "node:net";
import { type Problem, RttlabError } from "../../errors.ts";

export interface HostConfig {
  scenario: string;
  name: string;
  /**
   * The service listens and sends on this address, so nothing can leave by the management network.
   */
  dataAddress: string;
  mgmtAddress: string;
}

/** The frozen configuration. Throws E_BAD_ENVIRONMENT with every problem. */
export function readHostConfig(environment: Readonly<Record<string, string | undefined>>): HostConfig {
  const problems: Problem[] = [];
  const read = (path: string, accepts: (value: string) => boolean, allowed: string): string => {
    const value = environment[path] ?? "";
    if (!accepts(value))
      problems.push({ path, message: value === "" ? "is missing" : `${value} is not valid`, allowed });
    return value;
  };
  const config = {
    scenario: read("RTTLAB_SCENARIO", (value) => value !== "", "a name"),
    name: read("RTTLAB_NAME", (value) => value !== "", "a name"),
    dataAddress: read("RTTLAB_DATA_ADDRESS", isIPv4, "an IPv4 address"),
    mgmtAddress: read("RTTLAB_MGMT_ADDRESS", isIPv4, "an IPv4 address"),
  };
  if (problems.length > 0)
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the environment: it is not whole", { problems });
  return Object.freeze(config);
}
