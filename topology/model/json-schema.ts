// The scenario format as JSON Schema, for editors; committed beside the scenarios and tested to be in step.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

/** Text of topology/scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): string {
  const schema = { ...z.toJSONSchema(scenarioSchema, { io: "input" }), title: "rttlab scenario" };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
