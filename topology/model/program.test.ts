// A host with an image of the user's own: what a scenario may say of it, and what it becomes.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";

const scenario = (host: string) =>
  parseScenario("tried", `title: Tried\nnetworks: {here: {}}\nhosts: {mine: {on: here, ${host}}}\n`);

function refusals(host: string): string[] {
  try {
    scenario(host);
  } catch (error) {
    return ((error as RttlabError).problems ?? []).map(({ code, path, message }) => `${code} ${path}: ${message}`);
  }
  return [];
}

describe("a host with an image of one's own", () => {
  it("has its image, port and what is loosened among the options that status shows", () => {
    const [host] = scenario(
      'image: "my/service:1", port: 8080, command: [serve, --loud], loosen: [root, SETUID]',
    ).hosts;
    assert.deepEqual(host?.options, { image: "my/service:1", port: "8080", loosened: "root,SETUID" });
    assert.deepEqual(host?.program, {
      image: "my/service:1",
      command: ["serve", "--loud"],
      user: "",
      loosened: ["root", "SETUID"],
    });
  });

  it("says how long it may take until it listens, within a range", () => {
    assert.equal(scenario("image: one, port: 80, ready-within: 90s").hosts[0]?.program?.readyWithinMillis, 90_000);
    assert.deepEqual(refusals("image: one, port: 80, ready-within: 1h"), [
      "E_BAD_VALUE hosts.mine.ready-within: 1h cannot be read",
    ]);
    assert.deepEqual(refusals("image: one, port: 80, ready-within: 1000s"), [
      "E_OUT_OF_RANGE hosts.mine.ready-within: 1000s is out of range",
    ]);
  });

  it("needs a port, has no role beside it, and none of a role's options", () => {
    assert.deepEqual(refusals("image: one, role: server, structure: fork"), [
      "E_MISSING_KEY hosts.mine.port: is missing",
      "E_CONFLICTING_KEYS hosts.mine.role: its image says what runs on it",
      "E_UNKNOWN_KEY hosts.mine.structure: a program of your own has no such option",
    ]);
  });

  it("loosens only what is known, and never what leads around links", () => {
    assert.deepEqual(refusals("image: one, port: 80, loosen: [NET_RAW]").length, 1);
  });

  it("keys of such a host mean nothing beside a role, and a host needs one of the two", () => {
    assert.deepEqual(refusals("role: server, port: 80"), [
      "E_UNKNOWN_KEY hosts.mine.port: only a host with an image of its own has it",
    ]);
    assert.deepEqual(refusals("structure: fork"), ["E_MISSING_KEY hosts.mine.role: is missing"]);
  });
});
