// The link's configuration, read once from the environment (docs/container-contract.md).

import { isIPv4 } from "node:net";
import { BACKENDS, type Leg, type LinkPlan, type Route } from "../../lib/contract/link.ts";
import { HOST_FIELDS } from "../../lib/contract/serving/host-config.ts";
import { json, oneOf } from "../../lib/fields/kinds.ts";
import {
  type Environment,
  type Fields,
  isObject,
  readObject,
  readVariables,
  refuseEnvironment,
} from "../../lib/fields/read.ts";
import { settingsProblems } from "./settings-problems.ts";

export interface Config extends LinkPlan {
  scenario: string;
  name: string;
  mgmtAddress: string;
}

const { scenario, name, mgmtAddress } = HOST_FIELDS;
const FIELDS: Fields<Omit<Config, keyof LinkPlan> & { link: Partial<LinkPlan> }> = {
  scenario,
  name,
  mgmtAddress,
  link: { ...json("a JSON object", isObject), variable: "RTTLAB_LINK" },
};
const LINK_FIELDS: Fields<Omit<LinkPlan, "settings">> = {
  backend: oneOf(...BACKENDS),
  legs: json("two of {network, address, prefixLength}", areLegs),
  routes: { ...json("{subnet, via} each", areRoutes), usual: [] },
};

/** The frozen configuration. Throws E_BAD_ENVIRONMENT with every problem. */
export function readConfig(environment: Environment): Config {
  const { values, problems } = readVariables(FIELDS, environment);
  const { link, ...host } = values;
  const plan = readObject(LINK_FIELDS, link, "RTTLAB_LINK.");
  const all = [
    ...problems,
    ...(link === undefined ? [] : [...plan.problems, ...settingsProblems(link.settings, "RTTLAB_LINK.settings")]),
  ];
  refuseEnvironment(all);
  return Object.freeze({ ...host, ...plan.values, settings: link.settings as LinkPlan["settings"] });
}

function areLegs(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(isLeg);
}

function areRoutes(value: unknown): boolean {
  return Array.isArray(value) && value.every(isRoute);
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
