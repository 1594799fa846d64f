// Converts the text of a scenario file to a Topology, or reports every problem of it at once.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import { type ReadFile, readNone } from "../../lib/link/jitter-table.ts";
import { checkDraft } from "./check.ts";
import { parseYaml } from "./document.ts";
import { draftOf, textsOf } from "./draft.ts";
import { eventsOf } from "./events.ts";
import { linkSettings } from "./link-settings.ts";
import { processorsOf } from "./processors.ts";
import { programOf, programOptions } from "./program.ts";
import type { ScenarioFile } from "./schema.ts";
import { shapeProblems } from "./shape.ts";
import { withTables } from "./tables.ts";
import type { Host, Topology } from "./topology.ts";
import { withTraces } from "./traces.ts";

/**
 * The topology that the text of a scenario file means; commands know it by `word`. `readFile` reads
 * the files that the text names. Throws E_BAD_SCENARIO with every problem of the text and of these.
 */
export function parseScenario(name: string, text: string, word = name, readFile: ReadFile = readNone): Topology {
  const { value: parsed, problems: written, lineOf } = parseYaml(text);
  const { value: tabled, problems: ofTables } = withTables(parsed, readFile);
  const { value, problems: ofTraces } = withTraces(tabled, readFile);
  const meant =
    value === undefined ? [] : [...ofTables, ...ofTraces, ...shapeProblems(value), ...checkDraft(name, draftOf(value))];
  const problems = [...written, ...meant.map((problem) => withLine(problem, lineOf(problem.path)))].sort(
    (first, second) => (first.line ?? 0) - (second.line ?? 0),
  );
  if (problems.length === 0) return topologyOf(name, word, value as ScenarioFile);
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new RttlabError("E_BAD_SCENARIO", `reading scenario ${word}: ${count}`, { problems });
}

function withLine(problem: Problem, line: number | undefined): Problem {
  return line === undefined ? problem : { ...problem, line };
}

function hostOf(name: string, hosts: ScenarioFile["hosts"]): Host {
  const { role, on, within, environment = {}, cpus, cores, ...options } = hosts[name] as ScenarioFile["hosts"][string];
  const program = programOf(options);
  const network = on ?? hosts[within ?? ""]?.on ?? "";
  const place = within === undefined ? { network } : { network, within };
  const common = { name, ...place, environment, processors: processorsOf({ cpus, cores }) };
  if (program === undefined) return { ...common, role: role ?? "image", options: textsOf(options) };
  return { ...common, role: "image", options: programOptions(program, options.port), program };
}

function topologyOf(name: string, word: string, file: ScenarioFile): Topology {
  const draft = draftOf(file);
  return {
    name,
    word,
    title: file.title,
    networks: Object.entries(file.networks).map(([network, asked]) => ({
      name: network,
      subnet: asked?.subnet ?? null,
    })),
    managementSubnet: file.mgmt?.subnet ?? null,
    hosts: Object.keys(file.hosts).map((host) => hostOf(host, file.hosts)),
    links: [...draft.links].map(([link, words]) => ({
      name: link,
      between: words.between as [string, string],
      settings: linkSettings(words),
    })),
    ports: file.ports ?? {},
    events: eventsOf(draft),
  };
}
