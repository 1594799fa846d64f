// A setting of the machine that another study left is not measured with unsaid.

import assert from "node:assert/strict";
import { it } from "node:test";
import { refuseLeftOver } from "./machine-settings.ts";
import { NOWHERE } from "./manifest.ts";
import { HYSTART } from "./sysctls.ts";

const found = (hystart: string) => ({ ...NOWHERE.environment, facts: { [HYSTART]: hystart } });

it("a study is refused while HyStart is off, unless one of its hosts names it", () => {
  const others = new Map([["server", ["congestion"]]]);
  assert.throws(() => refuseLeftOver(found("0"), others), { code: "E_STUDY_MACHINE" });
  refuseLeftOver(found("0"), new Map([["client", ["congestion", "hystart"]]]));
  refuseLeftOver(found("1"), others);
  refuseLeftOver(found("not of this kernel"), others);
});
