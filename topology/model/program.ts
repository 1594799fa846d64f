// A host with an image of the user's own: its keys in a scenario, and the conditions between them.

import { z } from "zod";
import type { Problem } from "../../lib/errors.ts";
import { inUnits, number } from "../../lib/fields/kinds.ts";
import { quantityPattern } from "../../lib/units.ts";
import { LOOSENINGS, type Loosening } from "../roles/image.ts";
import type { Options } from "../roles/options.ts";
import type { Words } from "./draft.ts";

/** The origin of a host's container that has no role. */
export interface UserProgram {
  image: string;
  /** Empty: the image's own. */
  command: string[];
  /** Empty: the image's own. */
  user: string;
  loosened: readonly Loosening[];
  /** How long it may take on an idle machine until its port is open; undefined: as usual. */
  readyWithinMillis?: number;
}

const READY_WITHIN = inUnits(number(1000, 600_000), "millis", "1s to 600s, such as 90s");

export const PROGRAM_RANGES = {
  image: "the name of an image, such as my/service:1",
  port: "1 to 65535",
  command: "a list of words",
  user: "a user or its number, and a group, as in 1000:1000",
  loosen: `some of ${LOOSENINGS.join(", ")}`,
  "ready-within": READY_WITHIN.allowed,
};

export const PROGRAM_KEYS = {
  image: pattern("^[a-z0-9][A-Za-z0-9._/:@-]*$", "Image of a program of your own, in place of a role"),
  port: z.number().int().min(1).max(65_535).describe("Its port: it is ready when somebody listens there").optional(),
  command: z.array(z.string()).min(1).describe("Its command; the image's own when left out").optional(),
  user: pattern("^[a-z0-9_-]+(:[a-z0-9_-]+)?$", "The user that it runs as; the image's own when left out"),
  loosen: z.array(z.enum(LOOSENINGS)).describe("What of a host's hardening it does without").optional(),
  "ready-within": z
    .string()
    .refine((text) => READY_WITHIN.parse(text) !== undefined)
    .meta({
      description: "How long it may take until somebody listens at its port; 30s when left out",
      pattern: quantityPattern("millis"),
    })
    .optional(),
};

/** Undefined for a host that has a role. */
export function programOf(words: Words): UserProgram | undefined {
  const { image, command = [], user = "", loosen = [], "ready-within": within } = words;
  if (image === undefined) return undefined;
  const program = { image, command, user, loosened: loosen } as UserProgram;
  return within === undefined
    ? program
    : { ...program, readyWithinMillis: READY_WITHIN.parse(String(within)) as number };
}

/** As `status` shows them. */
export function programOptions({ image, loosened }: UserProgram, port: unknown): Options {
  return { image, port: String(port), ...(loosened.length > 0 && { loosened: loosened.join(",") }) };
}

/** Of a host at that path; `words` are its keys beside `role`, `on` and `environment`. */
export function programProblems(path: string, role: string | undefined, words: Words): Problem[] {
  const problem = (code: string, key: string, message: string, allowed: string): Problem => ({
    code,
    path: `${path}.${key}`,
    message,
    allowed,
  });
  if (words.image === undefined) {
    return Object.keys(PROGRAM_KEYS)
      .filter((key) => words[key] !== undefined)
      .map((key) => problem("E_UNKNOWN_KEY", key, "only a host with an image of its own has it", "image beside it"));
  }
  const missing = words.port === undefined ? [problem("E_MISSING_KEY", "port", "is missing", PROGRAM_RANGES.port)] : [];
  if (role === undefined) return missing;
  return [...missing, problem("E_CONFLICTING_KEYS", "role", "its image says what runs on it", "one of the two")];
}

function pattern(text: string, description: string) {
  return z.string().regex(new RegExp(text)).meta({ description, pattern: text }).optional();
}
