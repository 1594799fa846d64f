// The scenario format as JSON Schema, for editors; committed beside the scenarios and tested to be in step.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

/** What topology/scenarios/scenario.schema.json holds. */
export function scenarioJsonSchema(): object {
  return { ...z.toJSONSchema(scenarioSchema, { io: "input" }), title: "rttlab scenario" };
}
