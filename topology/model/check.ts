// Conditions between the values of a scenario. shape.ts has checked the shapes before; all problems
// are listed, none thrown.

import type { Problem } from "../../lib/errors.ts";
import { HOST_OPTIONS, hostRoleNamed, NAMED_ROLES, PUBLISHABLE } from "../roles/table.ts";
import { checkSubnets } from "./check-subnets.ts";
import { type Draft, textsOf } from "./draft.ts";
import { checkEvents } from "./events.ts";
import { nextLinks } from "./graph.ts";
import { linkProblems } from "./link-settings.ts";
import { processorProblems } from "./processors.ts";
import { programProblems } from "./program.ts";
import { MAX_NAME_LENGTH, NAME_PATTERN, NAME_RANGE } from "./schema.ts";
import { type Link, MANAGEMENT } from "./topology.ts";
import { placeProblems } from "./within.ts";

/** Every problem of a scenario of that name, in the order of the file. */
export function checkDraft(name: string, draft: Draft): Problem[] {
  return [
    ...checkScenarioName(name),
    ...checkNames(draft),
    ...checkSubnets(draft),
    ...placeProblems(draft),
    ...[...draft.hosts].flatMap(([host, { on }]) => checkNetwork(`hosts.${host}.on`, on, draft)),
    ...checkEnvironments(draft),
    ...checkRoles(draft),
    ...checkOptions(draft),
    ...[...draft.hosts].flatMap(([host, { options }]) => processorProblems(`hosts.${host}`, options)),
    ...[...draft.links].flatMap(([link, { between }]) => checkEnds(`links.${link}.between`, between, draft)),
    ...[...draft.links].flatMap(([link, given]) => linkProblems(`links.${link}`, given)),
    ...checkReachability(draft),
    ...checkPorts(draft),
    ...checkEvents(draft),
  ];
}

const MGMT_TAKEN: Problem = {
  code: "E_NAME_TAKEN",
  path: "networks.mgmt",
  message: "mgmt is the name of the management network, which every testbed has",
  allowed: "another name; `mgmt: {subnet: …}` beside networks gives that network a subnet",
};

const JSON_WORD = "json";
/** Of `calibrate`, beside the names of links. */
const THOROUGH_WORD = "thorough";
/**
 * Words of commands where a scenario's name may stand: `down all`, `up lan idle`, `calibrate
 * thorough`, and `json`, which means --json.
 */
const WORDS_OF_COMMANDS = ["all", "json", "help", "idle", "uncalibrated", THOROUGH_WORD];

function checkScenarioName(name: string): Problem[] {
  const path = "name of the file";
  return WORDS_OF_COMMANDS.includes(name)
    ? [taken(path, `${name} is a word of the commands: \`topology down ${name}\` could mean either`)]
    : checkName(path, name);
}

function checkNames(draft: Draft): Problem[] {
  const problems = (["networks", "hosts", "links"] as const).flatMap((kind) =>
    [...draft[kind].keys()].flatMap((name) => {
      const path = `${kind}.${name}`;
      if (kind === "networks" && name === MANAGEMENT) return [MGMT_TAKEN];
      if (kind === "hosts" && name === "localhost") return [taken(path, `every host is ${name} to itself`)];
      if (kind !== "networks" && name === JSON_WORD)
        return [taken(path, `${name} stands for --json in commands, so no command could name it`)];
      if (kind === "links" && name === THOROUGH_WORD)
        return [taken(path, `${name} is a word of \`topology calibrate\`, so that could not name the link`)];
      if (kind === "links" && draft.hosts.has(name)) return [taken(path, `${name} is the name of a host already`)];
      return checkName(path, name);
    }),
  );
  if (draft.networks.size > 0) return problems;
  return [
    ...problems,
    { code: "E_MISSING_KEY", path: "networks", message: "no network is given", allowed: "one or more" },
  ];
}

function checkName(path: string, name: string): Problem[] {
  if (new RegExp(NAME_PATTERN).test(name) && name.length <= MAX_NAME_LENGTH) return [];
  const message =
    name.length > MAX_NAME_LENGTH
      ? `${name} has ${name.length} characters`
      : `"${name}" is no name that Docker and hostnames both take`;
  return [{ code: "E_BAD_NAME", path, message, allowed: NAME_RANGE }];
}

function taken(path: string, message: string): Problem {
  return { code: "E_NAME_TAKEN", path, message, allowed: "another name" };
}

function checkNetwork(path: string, network: string | undefined, { networks }: Draft): Problem[] {
  if (network === undefined || networks.has(network)) return [];
  const allowed = [...networks.keys()].join(", ");
  return [{ code: "E_NO_SUCH_NETWORK", path, message: `there is no network ${network}`, allowed }];
}

function checkEnds(path: string, between: readonly [string, string] | undefined, draft: Draft): Problem[] {
  if (between === undefined) return [];
  const absent = between.flatMap((network, index) => checkNetwork(`${path}[${index}]`, network, draft));
  if (absent.length > 0 || between[0] !== between[1]) return absent;
  return [{ code: "E_SAME_NETWORK", path, message: `both ends are ${between[0]}`, allowed: "two different networks" }];
}

/** Variables that only the plan may set. */
const SET_BY_PLAN = ["SCENARIO", "NAME", "DATA_ADDRESS", "MGMT_ADDRESS", "NTH_WITHIN", "LINK"].map(
  (name) => `RTTLAB_${name}`,
);

function checkEnvironments({ hosts }: Draft): Problem[] {
  return [...hosts].flatMap(([host, { environment }]) =>
    Object.keys(environment)
      .filter((variable) => !/^[A-Z][A-Z0-9_]*$/.test(variable) || SET_BY_PLAN.includes(variable))
      .map((variable) => ({
        code: "E_BAD_NAME",
        path: `hosts.${host}.environment.${variable}`,
        message: SET_BY_PLAN.includes(variable)
          ? "is set by the testbed itself"
          : `"${variable}" is no name of a variable`,
        allowed: `capital letters, digits and _, but not ${SET_BY_PLAN.join(", ")}`,
      })),
  );
}

function checkRoles({ hosts }: Draft): Problem[] {
  return [...hosts].flatMap(([host, { role, hasRole, options }]) => {
    const problems = programProblems(`hosts.${host}`, role, options);
    if (hasRole || options.image !== undefined) return problems;
    const path = `hosts.${host}.role`;
    return [{ code: "E_MISSING_KEY", path, message: "is missing", allowed: NAMED_ROLES.join(", ") }, ...problems];
  });
}

/** The shape has checked each value; a role that is not known has no say. */
function checkOptions({ hosts }: Draft): Problem[] {
  return [...hosts].flatMap(([host, { role: named = "", options: given, environment }]): Problem[] => {
    const role = given.image === undefined ? named : "image";
    const spec = hostRoleNamed(role, {});
    if (spec === undefined) return [];
    const { options = {}, contradictions = () => [] } = spec;
    const path = (option: string) => `hosts.${host}.${option}`;
    const chosen = Object.keys(given).filter((name) => Object.hasOwn(HOST_OPTIONS, name));
    const foreign = chosen.filter((name) => !Object.hasOwn(options, name));
    const twice = chosen.filter((name) => options[name] !== undefined && options[name].variable in environment);
    return [
      ...foreign.map((name) => ({
        code: "E_UNKNOWN_KEY",
        path: path(name),
        message: spec.image === null ? "a program of your own has no such option" : `a ${role} has no such option`,
        allowed: Object.keys(options).join(", ") || "role, on, environment",
      })),
      ...twice.map((name) => ({
        code: "E_DUPLICATE_KEY",
        path: path(name),
        message: `${options[name]?.variable} of its environment says it too`,
        allowed: "one of the two",
      })),
      ...contradictions(textsOf(given)).map(({ option, message }) => ({
        code: "E_OUT_OF_RANGE",
        path: path(option),
        message,
        allowed: "values that can stand together",
      })),
    ];
  });
}

/** Silent while a host or link is misplaced, because reachability is unknown then. */
function checkReachability({ networks, hosts, links }: Draft): Problem[] {
  const apart = [...hosts].filter(([, { within }]) => within === undefined);
  const placed = apart.flatMap(([name, { on }]) => (on !== undefined && networks.has(on) ? [{ name, on }] : []));
  const edges: Pick<Link, "name" | "between">[] = [...links].flatMap(([name, { between }]) =>
    between?.every((end) => networks.has(end)) ? [{ name, between }] : [],
  );
  if (placed.length < apart.length || edges.length < links.size) return [];
  const next = nextLinks([...networks.keys()], edges);
  return placed.flatMap((from, index) =>
    placed
      .slice(index + 1)
      .filter((to) => from.on !== to.on && next(from.on, to.on) === undefined)
      .map((to) => ({
        code: "E_UNREACHABLE",
        path: `hosts.${to.name}`,
        message: `no links lead from ${from.name} on ${from.on} to ${to.name} on ${to.on}`,
        allowed: "hosts that all reach each other",
      })),
  );
}

function checkPorts({ ports }: Draft): Problem[] {
  const known: readonly string[] = PUBLISHABLE;
  return [...ports].flatMap(([service, port], index): Problem[] => {
    const path = `ports.${service}`;
    if (!known.includes(service)) {
      return [
        { code: "E_UNKNOWN_KEY", path, message: "no service of that name is published", allowed: known.join(", ") },
      ];
    }
    const first = [...ports].findIndex(([, other]) => other === port);
    return first === index ? [] : [taken(path, `port ${port} is asked for twice`)];
  });
}
