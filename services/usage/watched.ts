// Reads the list of containers in a `watch` request and reports everything wrong with it at once.

import type { Watched } from "../../lib/contract/usage.ts";
import { RttlabError } from "../../lib/errors.ts";
import { NAME, text, whole } from "../../lib/fields/kinds.ts";
import { type Fields, readObject } from "../../lib/fields/read.ts";

const FIELDS: Fields<Watched> = {
  host: NAME,
  role: NAME,
  id: text("Docker's id of a container", (id) => /^[0-9a-f]{64}$/.test(id)),
  pid: whole(1, Number.MAX_SAFE_INTEGER, "the number of a process"),
};

/** Throws E_BAD_WATCH with every problem. */
export function parseWatched(containers: unknown): Watched[] {
  const list = Array.isArray(containers) ? containers : [containers];
  const read = list.map((container, index) => readObject(FIELDS, container, `containers[${index}].`));
  const problems = read.flatMap((each) => each.problems);
  if (problems.length > 0)
    throw new RttlabError("E_BAD_WATCH", "watching containers: the list is not valid", { problems });
  return read.map(({ values }) => values);
}
