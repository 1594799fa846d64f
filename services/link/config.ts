// The link's configuration, read once from the environment (docs/container-contract.md).

import { isIPv4 } from "node:net";
import { BACKENDS, type BackendName, type Leg, type LinkPlan, type Route } from "../../lib/contract/link.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";
import { settingsProblems } from "./settings-problems.ts";

export interface Config extends LinkPlan {
  scenario: string;
  name: string;
  mgmtAddress: string;
}

/** The frozen configuration. Throws E_BAD_ENVIRONMENT with every problem. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: Problem[] = [];
  const complain = (path: string, value: unknown, allowed: string) => {
    const missing = value === undefined || value === "";
    problems.push({
      code: missing ? "E_MISSING_KEY" : "E_BAD_VALUE",
      path,
      message: missing ? "is missing" : `${JSON.stringify(value)} is not valid`,
      allowed,
    });
  };
  for (const path of ["RTTLAB_SCENARIO", "RTTLAB_NAME"]) {
    if (!environment[path]) complain(path, environment[path], "a name");
  }
  const { RTTLAB_SCENARIO: scenario = "", RTTLAB_NAME: name = "", RTTLAB_MGMT_ADDRESS: mgmtAddress = "" } = environment;
  if (!isIPv4(mgmtAddress)) complain("RTTLAB_MGMT_ADDRESS", mgmtAddress, "an IPv4 address");

  const link = parseObject(environment.RTTLAB_LINK);
  if (link === undefined) complain("RTTLAB_LINK", environment.RTTLAB_LINK, "a JSON object");
  else {
    const { backend, legs, routes = [] } = link;
    if (!BACKENDS.includes(backend as BackendName)) complain("RTTLAB_LINK.backend", backend, BACKENDS.join(" or "));
    if (!Array.isArray(legs) || legs.length !== 2 || !legs.every(isLeg)) {
      complain("RTTLAB_LINK.legs", legs, "two of {network, address, prefixLength}");
    }
    if (!Array.isArray(routes) || !routes.every(isRoute)) complain("RTTLAB_LINK.routes", routes, "{subnet, via} each");
    problems.push(...settingsProblems(link.settings, "RTTLAB_LINK.settings"));
  }
  if (problems.length > 0) {
    throw new RttlabError("E_BAD_ENVIRONMENT", "reading the environment: it is not whole", { problems });
  }
  const { backend, legs, routes = [], settings } = link as Partial<LinkPlan> as LinkPlan;
  return Object.freeze({ scenario, name, mgmtAddress, backend, legs, routes, settings });
}

function parseObject(text = ""): Record<string, unknown> | undefined {
  try {
    const parsed = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isLeg(value: unknown): boolean {
  const { network, address, prefixLength } = (value ?? {}) as Partial<Leg>;
  const isPrefix = Number.isInteger(prefixLength) && Number(prefixLength) >= 1 && Number(prefixLength) <= 30;
  return typeof network === "string" && isIPv4(String(address)) && isPrefix;
}

function isRoute(value: unknown): boolean {
  const { subnet, via } = (value ?? {}) as Partial<Route>;
  const [address = "", prefixLength = "", ...rest] = String(subnet).split("/");
  return isIPv4(address) && /^\d{1,2}$/.test(prefixLength) && rest.length === 0 && isIPv4(String(via));
}
