// `npm run generate`: writes what is generated from code and committed beside it. A test of each demands that it is in step.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scenarioJsonSchema } from "../topology/model/json-schema.ts";
import { SCENARIO_FOLDER } from "../topology/model/scenario.ts";

await writeFile(join(SCENARIO_FOLDER, "scenario.schema.json"), scenarioJsonSchema());
