// The version of Docker's API that is spoken: the newest that the engine and this program share.
// Versions count their second number on: 1.9 is older than 1.41.

import { RttlabError } from "../../lib/errors.ts";

/** Docker 20.10's, and the newest that the tests were run on (docs/engines.md). */
const OLDEST = "1.41";
const NEWEST = "1.51";

/** Of an engine, by `GET /version`. */
export interface ApiRange {
  Version: string;
  ApiVersion: string;
  MinAPIVersion?: string;
}

/** Such as 1.51. Throws E_DOCKER_UNAVAILABLE, with the versions of both, if they share none. */
export function agreedVersion({ Version, ApiVersion, MinAPIVersion = "1.0" }: ApiRange): string {
  const agreed = compare(ApiVersion, NEWEST) < 0 ? ApiVersion : NEWEST;
  if (compare(agreed, OLDEST) >= 0 && compare(agreed, MinAPIVersion) >= 0) return agreed;
  const cure = compare(ApiVersion, OLDEST) < 0 ? "install Docker 20.10 or later" : "update rttlab";
  throw new RttlabError(
    "E_DOCKER_UNAVAILABLE",
    `reaching Docker: engine ${Version} speaks API ${MinAPIVersion} to ${ApiVersion}, rttlab ${OLDEST} to ${NEWEST}; ${cure}`,
  );
}

function compare(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}
