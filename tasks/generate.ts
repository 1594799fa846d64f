// `npm run generate`: writes files that are generated from code and committed beside it. A test
// checks that each is current.

import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { essayFiles, RUNS, TEMPLATE } from "../analysis/essay/essay.ts";
import { manifestJsonSchema, runJsonSchema } from "../analysis/results.ts";
import { traceRowJsonSchema } from "../analysis/traces/row.ts";
import { generatedFiles } from "../grafana/generate.ts";
import { scenarioOptions } from "../services/server/scenario-options.ts";
import { studyJsonSchema } from "../study/file/schema.ts";
import { STUDIES_FOLDER } from "../study/files.ts";
import { withRooms } from "../tests/rules/rooms.ts";
import { repositoryFiles } from "../tests/rules/sources.ts";
import { lteLikeTrace } from "../topology/scenarios/lte-like-trace.ts";
import { SCENARIO_FOLDER } from "../topology/scenarios/read-scenario.ts";

const ROOT = join(import.meta.dirname, "..");
const BIOME = join(ROOT, "node_modules", ".bin", "biome");
const CONTRIBUTING = join(ROOT, "CONTRIBUTING.md");

// The schema of scenarios, imported below, is made from them.
const options = join(ROOT, "topology", "roles", "server-options.json");
await writeFile(options, JSON.stringify(scenarioOptions()));
const { scenarioJsonSchema } = await import("../topology/model/json-schema.ts");

const schemas = {
  [join(SCENARIO_FOLDER, "scenario.schema.json")]: scenarioJsonSchema(),
  [join(STUDIES_FOLDER, "study.schema.json")]: studyJsonSchema(),
  [join(ROOT, "analysis", "manifest.schema.json")]: manifestJsonSchema(),
  [join(ROOT, "analysis", "run.schema.json")]: runJsonSchema(),
  [join(ROOT, "analysis", "traces", "row.schema.json")]: traceRowJsonSchema(),
};
for (const [path, schema] of Object.entries(schemas)) await writeFile(path, JSON.stringify(schema));
execFileSync(BIOME, ["format", "--write", options, ...Object.keys(schemas)], { stdio: "inherit" });

await writeFile(join(SCENARIO_FOLDER, "traces", "lte-like.csv"), lteLikeTrace());
for (const [path, content] of Object.entries(await generatedFiles())) await writeFile(path, content);
await writeFile(CONTRIBUTING, withRooms(await readFile(CONTRIBUTING, "utf8"), repositoryFiles()));

const essay = await essayFiles(await readFile(join(ROOT, TEMPLATE), "utf8"), await readFile(join(ROOT, RUNS), "utf8"));
for (const [path, content] of Object.entries(essay)) {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), content);
}
