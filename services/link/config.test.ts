import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { UNIMPAIRED } from "../../lib/link/direction.ts";
import { readConfig } from "./config.ts";

const link = {
  backend: "uml",
  legs: [
    { network: "servers", address: "10.1.0.2", prefixLength: 24 },
    { network: "site-a", address: "10.2.0.2", prefixLength: 24 },
  ],
  routes: [{ subnet: "10.3.0.0/24", via: "10.2.0.3" }],
  settings: { forward: UNIMPAIRED, backward: UNIMPAIRED, seed: null },
};
const environment = (change: object, others: Record<string, string> = {}) => ({
  RTTLAB_SCENARIO: "wan",
  RTTLAB_NAME: "wan-a",
  RTTLAB_MGMT_ADDRESS: "10.9.0.2",
  RTTLAB_LINK: JSON.stringify({ ...link, ...change }),
  ...others,
});

function pathsRefused(variables: Record<string, string>): string[] {
  try {
    readConfig(variables);
  } catch (error) {
    assert.ok(error instanceof RttlabError && error.code === "E_BAD_ENVIRONMENT");
    return error.problems.map(({ path }) => path);
  }
  return [];
}

describe("a link's configuration", () => {
  it("is read from the environment and frozen", () => {
    const config = readConfig(environment({}));
    assert.deepEqual(config.legs[1], link.legs[1]);
    assert.deepEqual([config.name, config.backend, config.routes.length], ["wan-a", "uml", 1]);
    assert.ok(Object.isFrozen(config));
  });

  it("is refused whole, every problem listed", () => {
    assert.deepEqual(pathsRefused({}), [...["RTTLAB_SCENARIO", "RTTLAB_NAME", "RTTLAB_MGMT_ADDRESS", "RTTLAB_LINK"]]);
    const settings = { ...link.settings, seed: -1 };
    const bad = { backend: "bpf", legs: [link.legs[0]], routes: [{ subnet: "10.3.0.0", via: "x" }], settings };
    assert.deepEqual(pathsRefused(environment(bad, { RTTLAB_NAME: "" })), [
      "RTTLAB_NAME",
      ...["backend", "legs", "routes", "settings.seed"].map((key) => `RTTLAB_LINK.${key}`),
    ]);
  });
});
