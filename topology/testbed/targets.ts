// The scenario and container that a command means: by name if given, otherwise the only one.

import { RttlabError } from "../../lib/errors.ts";
import { MANAGEMENT } from "../model/topology.ts";
import { outerContainerOf } from "../plan/host-options.ts";
import { dockerName, memberOf, roleOf, scenarioOf } from "../plan/names.ts";
import type { Observed, ObservedContainer } from "../plan/observed.ts";
import { HOST_ROLES } from "../roles/table.ts";
import { upLine } from "./advice.ts";
import { scenarioNameOf } from "./scenario-word.ts";

/** Names of the scenarios of which anything exists, sorted. */
export function scenariosUp({ containers, networks }: Pick<Observed, "containers" | "networks">): string[] {
  const names = [...containers, ...networks].map(({ labels }) => scenarioOf(labels));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** The scenario that is meant: `named`, or the only running one. Throws E_NOT_UP or E_USAGE. */
export function chooseScenario(observed: Pick<Observed, "containers" | "networks">, named?: string): string {
  const up = scenariosUp(observed);
  if (named !== undefined) {
    const name = scenarioNameOf(named);
    if (up.includes(name)) return name;
    throw new RttlabError(
      "E_NOT_UP",
      `choosing scenario ${named}: it is not up (${describeUp(up)}); ${upLine(named)} brings it up, \`topology list\` names those there are`,
    );
  }
  const [only, ...more] = up;
  if (only === undefined)
    throw new RttlabError(
      "E_NOT_UP",
      "choosing a scenario: none is up; `topology list` names those there are, `topology up NAME` brings one up",
    );
  if (more.length > 0)
    throw new RttlabError("E_USAGE", `choosing a scenario: name one, for several are up (${up.join(", ")})`);
  return only;
}

/**
 * The scenario's containers of these roles, in the order of their addresses on the management
 * network; hosts within another come after that one.
 */
export function membersOf(
  { containers }: Pick<Observed, "containers">,
  scenario: string,
  roles: readonly string[],
): ObservedContainer[] {
  const mgmt = dockerName(scenario, MANAGEMENT);
  const place = ({ labels, addresses }: ObservedContainer): number => {
    const outer = containers.find(({ name }) => name === outerContainerOf(labels));
    return outer === undefined ? Number(addresses[mgmt]?.split(".").at(-1) ?? 0) : place(outer) + 0.5;
  };
  return containers
    .filter(({ labels }) => scenarioOf(labels) === scenario && roles.includes(roleOf(labels) ?? ""))
    .sort((first, second) => place(first) - place(second) || first.name.localeCompare(second.name));
}

/**
 * The running host or link that `word` names: `load-a`, or `wan-100ms/load-a` if several scenarios
 * are up.
 */
export function chooseContainer(observed: Pick<Observed, "containers" | "networks">, word: string): ObservedContainer {
  const slash = word.indexOf("/");
  const scenario = chooseScenario(observed, slash < 0 ? undefined : word.slice(0, slash));
  const name = word.slice(slash + 1);
  const candidates = membersOf(observed, scenario, [...HOST_ROLES, "link"]);
  const found = candidates.find(({ labels }) => memberOf(labels) === name);
  if (found !== undefined) return found;
  const known = candidates.map(({ labels }) => memberOf(labels)).join(", ");
  throw new RttlabError("E_USAGE", `choosing ${name}: ${scenario} has no host or link of that name (it has ${known})`);
}

/** The running link that `word` names. `attempt` begins the refusal of a host. */
export function chooseLink(
  observed: Pick<Observed, "containers" | "networks">,
  word: string,
  attempt: string,
): { container: string; scenario: string; link: string } {
  const { name: container, labels } = chooseContainer(observed, word);
  if (roleOf(labels) !== "link") throw new RttlabError("E_USAGE", `${attempt} ${word}: it is a host, not a link`);
  return { container, scenario: scenarioOf(labels) ?? "", link: memberOf(labels) ?? "" };
}

/** The running scenarios, for a parenthesis. */
export function describeUp(up: readonly string[]): string {
  return up.length === 0 ? "none is" : `up: ${up.join(", ")}`;
}
