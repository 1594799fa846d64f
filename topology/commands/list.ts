// `topology list`: the scenarios, a line each. Needs no Docker. An unreadable file is listed with
// its error.

import { columns } from "../../lib/columns.ts";
import { RttlabError } from "../../lib/errors.ts";
import { readScenario, scenarioNames } from "../scenarios/read-scenario.ts";
import type { Output } from "./output.ts";

export async function list(_words: string[], output: Output): Promise<number> {
  const scenarios = await Promise.all((await scenarioNames()).map(describe));
  await output.result(scenarios, () => columns(scenarios.map(({ name, title }) => [name, title])));
  return 0;
}

async function describe(name: string): Promise<{ name: string; title: string }> {
  try {
    return { name, title: (await readScenario(name)).title };
  } catch (error) {
    if (!(error instanceof RttlabError)) throw error;
    return { name, title: `(${error.code}: ${error.message})` };
  }
}
