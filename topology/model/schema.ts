// The scenario format: shapes, words and ranges of single values; check.ts has the conditions
// between values. One zod schema checks files and makes the JSON Schema for editors
// (json-schema.ts).

import { z } from "zod";
import { inUnits, number, whole } from "../../lib/fields/kinds.ts";
import { FIELDS } from "../../lib/link/direction.ts";
import type { DirectionField } from "../../lib/link/field.ts";
import { MAX_SEED } from "../../lib/link/link.ts";
import { quantityPattern } from "../../lib/units.ts";
import type { RoleOption } from "../roles/options.ts";
import { HOST_OPTIONS, NAMED_ROLES } from "../roles/table.ts";
import { DEFAULT_PREFIX_LENGTH } from "./capacity.ts";
import { PROCESSOR_KEYS } from "./processors.ts";
import { PROGRAM_KEYS } from "./program.ts";
import { WITHIN_KEYS } from "./within.ts";

export const MAX_RTT_MILLIS = 20_000;
export const RTT = inUnits(number(0, MAX_RTT_MILLIS), "millis", "0ms to 20s, such as 100ms");
export const EVENT_TIME = inUnits(number(0, 86_400_000), "millis", "0ms to 86400s, such as 10s");
export const SEED = whole(1, MAX_SEED);

/**
 * Names of networks, hosts and links: valid for Docker, for hostnames (RFC 1123, section 2.1) and
 * for a 63-byte label.
 */
export const NAME_PATTERN = "^[a-z]([a-z0-9-]*[a-z0-9])?$";
export const MAX_NAME_LENGTH = 24;
export const NAME_RANGE = `a letter, then letters, digits and inner hyphens, all lower case, at most ${MAX_NAME_LENGTH} of them`;

const direction = z.strictObject(
  Object.fromEntries(
    Object.values<DirectionField<unknown>>(FIELDS).map(({ key, range, pattern, parse }) => [
      key,
      text(range, pattern, (value) => parse(value) !== undefined).optional(),
    ]),
  ),
);

const network = z.strictObject({
  subnet: z
    .string()
    .meta({
      description: `IPv4 subnet in CIDR notation, of a private range; a free /${DEFAULT_PREFIX_LENGTH} when left out`,
      pattern: "^\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+$",
      examples: ["10.9.1.0/24"],
    })
    .optional(),
});

const host = z
  .strictObject({
    role: z.enum(NAMED_ROLES).describe("The program that runs on it").optional(),
    on: z.string().describe("The one network that it is on").optional(),
    ...WITHIN_KEYS,
    environment: z
      .record(z.string(), z.string())
      .meta({
        description: "Further environment of its service, such as RTTLAB_SITE_SEED",
        examples: [{ RTTLAB_SITE_SEED: "7" }],
      })
      .optional(),
    ...PROCESSOR_KEYS,
    ...PROGRAM_KEYS,
    ...Object.fromEntries(Object.entries(HOST_OPTIONS).map(([name, option]) => [name, optional(option)])),
  })
  .meta({ oneOf: [{ required: ["on"] }, { required: ["within"] }] });

const rtt = text(RTT.allowed, quantityPattern("millis"), (value) => RTT.parse(value) !== undefined)
  .optional()
  .meta({ description: "Round-trip propagation delay, half of it each way" });

/** With the file's text below its name once it has been read (traces.ts). */
const trace = z.string();

export const eventSchema = z.strictObject({
  at: time("When, from the start of `topology play`"),
  link: z.string().describe("The link that changes"),
  set: z
    .strictObject({ rtt, ...direction.shape, forward: direction.optional(), backward: direction.optional() })
    .describe("The settings that change; the rest stays")
    .optional(),
  down: time("How long it loses everything").optional(),
  trace: z
    .union([trace, z.strictObject({ forward: trace.optional(), backward: trace.optional() })], {
      error: "is neither the file of a trace nor one for forward, backward or both",
    })
    .describe("The file of a trace that drives its rate from then on, for both directions or for each")
    .optional(),
});

const link = z.strictObject({
  between: z
    .tuple([z.string(), z.string()])
    .describe("The two networks that it joins; forward is from the first to the second"),
  rtt,
  ...direction.shape,
  forward: direction.describe("From the first network to the second; over what is given for both").optional(),
  backward: direction.describe("From the second network to the first; over what is given for both").optional(),
  seed: z
    .number()
    .int()
    .min(1)
    .max(MAX_SEED)
    .meta({ description: "Seed of random loss; a fresh one each time when left out" })
    .optional(),
});

export const scenarioSchema = z.strictObject({
  title: z.string().min(1).max(120).describe("One line for `topology list`"),
  networks: named(network.nullable()).describe("Networks by name"),
  mgmt: network.describe("The management network, which every testbed has").optional(),
  hosts: named(host).describe("Hosts by name"),
  links: named(link).optional().describe("Links by name"),
  ports: z
    .record(z.string(), z.number().int().min(1).max(65535))
    .describe("Ports of 127.0.0.1 to publish services of the testbed at; the usual or next free one when left out")
    .optional(),
  events: z.array(eventSchema).optional().describe("Changes of links at times, which `topology play` plays"),
});

export type ScenarioFile = z.input<typeof scenarioSchema>;

function named<Value extends z.ZodType>(value: Value) {
  return z.record(z.string(), value).meta({ propertyNames: { pattern: NAME_PATTERN, maxLength: MAX_NAME_LENGTH } });
}

function optional(option: RoleOption) {
  const { help } = option;
  return "values" in option
    ? z.enum(option.values).describe(help).optional()
    : z.number().int().min(option.least).max(option.most).describe(help).optional();
}

function time(description: string) {
  return text(EVENT_TIME.allowed, quantityPattern("millis"), (value) => EVENT_TIME.parse(value) !== undefined).meta({
    description,
  });
}

function text(range: string, pattern: string, accepts: (value: string) => boolean) {
  return z.string().refine(accepts, { params: { range } }).meta({ pattern, description: range });
}
