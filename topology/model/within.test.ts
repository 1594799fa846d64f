import assert from "node:assert/strict";
import { it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "./scenario.ts";
import { nthWithin } from "./within.ts";

const scenario = (hosts: string) =>
  parseScenario("tried", `title: Tried\nnetworks: {here: {}}\nhosts:\n  web: {role: server, on: here}\n${hosts}`);

function problemsOf(hosts: string): string[] {
  try {
    scenario(hosts);
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    return error.problems.map(({ code, path, message, allowed }) => `${code} ${path}: ${message} (${allowed})`);
  }
  return [];
}

it("a host within another is on its network, and counts among those within it", () => {
  const { hosts } = scenario(
    "  a: {role: loadgen, within: web}\n  b: {role: loadgen, on: here}\n  c: {role: rudp, within: web}\n",
  );
  assert.deepEqual(
    hosts.map((host) => [host.name, host.network, host.within ?? "", nthWithin(host, hosts)]),
    [
      ["web", "here", "", 0],
      ["a", "here", "web", 1],
      ["b", "here", "", 0],
      ["c", "here", "web", 2],
    ],
  );
});

it("only a host that is there and on a network has another within, which has no network beside it", () => {
  assert.deepEqual(problemsOf("  a: {role: loadgen, within: wab}\n"), [
    "E_NO_SUCH_HOST hosts.a.within: there is no host wab (web)",
  ]);
  assert.deepEqual(problemsOf("  a: {role: loadgen, within: a}\n"), [
    "E_NO_SUCH_HOST hosts.a.within: it cannot be within itself (web)",
  ]);
  assert.deepEqual(problemsOf("  a: {role: loadgen, within: web}\n  b: {role: loadgen, within: a}\n"), [
    "E_NO_SUCH_HOST hosts.b.within: a is within web itself (web)",
  ]);
  assert.deepEqual(problemsOf("  a: {role: loadgen, within: web, on: here}\n"), [
    "E_CONFLICTING_KEYS hosts.a.on: its network is that of the host that it is within (one of the two)",
  ]);
});

it("what serves is not within another host, for both would listen at one port", () => {
  const refused = "it serves at a port that the host which it is within may serve at (hosts of role loadgen or rudp)";
  assert.deepEqual(problemsOf("  a: {role: server, within: web}\n"), [`E_CONFLICTING_KEYS hosts.a.within: ${refused}`]);
  assert.deepEqual(problemsOf('  a: {image: "mine", port: 80, within: web}\n'), [
    `E_CONFLICTING_KEYS hosts.a.within: ${refused}`,
  ]);
  const [problem] = problemsOf('  a: {image: "mine", port: 9101, on: here}\n  b: {role: loadgen, within: a}\n');
  assert.match(problem ?? "", /^E_CONFLICTING_KEYS hosts.b.within: a serves at port 9101, as a host within it may/);
});
