// The scenario format as JSON Schema, for editors; committed beside the scenarios, and tested to be
// current.

import { z } from "zod";
import { scenarioSchema } from "./schema.ts";

/** The content of topology/scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, { io: "input" });
  const host = (schema.properties?.hosts as z.core.JSONSchema.JSONSchema).additionalProperties as object;
  Object.assign(host, { oneOf: [{ required: ["on"] }, { required: ["within"] }] });
  return { ...schema, title: "rttlab scenario" };
}
