// Reads the list of containers in a `watch` request and reports everything wrong with it at once.

import type { Watched } from "../../lib/contract/usage.ts";
import { type Problem, RttlabError } from "../../lib/errors.ts";

/** Throws E_BAD_WATCH with every problem. */
export function parseWatched(containers: unknown): Watched[] {
  const list = Array.isArray(containers) ? containers : [containers];
  const problems = list.flatMap((item: Partial<Record<keyof Watched, unknown>> | null, index): Problem[] => {
    const expect = (field: keyof Watched, fits: (value: unknown) => boolean, allowed: string) =>
      fits(item?.[field])
        ? []
        : [{ code: "E_BAD_VALUE", path: `containers[${index}].${field}`, message: "is not valid", allowed }];
    return [
      ...expect("host", isText, "a name"),
      ...expect("role", isText, "a name"),
      ...expect("id", (id) => isText(id) && /^[0-9a-f]{64}$/.test(id), "Docker's id of a container"),
      ...expect("pid", (pid) => Number.isInteger(pid) && (pid as number) > 0, "the number of a process"),
    ];
  });
  if (problems.length > 0)
    throw new RttlabError("E_BAD_WATCH", "watching containers: the list is not valid", { problems });
  return list.map(({ host, role, id, pid }: Watched) => ({ host, role, id, pid }));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
