// The scenario format as JSON Schema, for editors; committed beside the scenarios, and tested to be
// current.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

/** The content of topology/scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): object {
  return { ...z.toJSONSchema(scenarioSchema, { io: "input" }), title: "rttlab scenario" };
}
