// A peer in the plan of a scenario: image, program and configuration, and what is refused of it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import { PEER_NAMES } from "../roles/peers/table.ts";
import { hostRole } from "../roles/table.ts";
import { planUp } from "./plan.ts";
import { NOTHING } from "./simulation.ts";

const scenario = (host: string) =>
  parseScenario("tried", `title: Tried\nnetworks: {here: {}}\nhosts: {web: {role: server, on: here, ${host}}}\n`);

const refusals = (host: string) => {
  try {
    scenario(host);
  } catch (error) {
    return ((error as RttlabError).problems ?? []).map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
};

describe("a host with a peer", () => {
  it("has the peer's image and program, is ready by its port, and gives Prometheus nothing to scrape", () => {
    const { steps } = planUp(scenario("peer: apache-prefork, workers: 4"), NOTHING);
    const made = steps.flatMap(({ action }) => (action.op === "create-container" ? [action.container] : []));
    const web = made.find(({ name }) => name === "rttlab-tried-web") ?? assert.fail("no host");
    assert.equal(web.image, "rttlab/peers:1");
    assert.deepEqual(web.command.slice(0, 2), ["/rttlab/peers/start.sh", "apache2"]);
    assert.match(web.environment.RTTLAB_PEER_CONFIGURATION ?? "", /^MaxRequestWorkers 4$/m);
    assert.equal(web.readyPort?.port, 80);
    const watching = steps.flatMap(({ action }) => (action.op === "watch" ? action.watch.members : []));
    assert.equal(watching.find(({ host }) => host === "web")?.address, null);
  });

  it("is asked only for what the peer can be", () => {
    assert.deepEqual(refusals("peer: nginx, workers: 2, idle-max-ms: 500"), []);
    assert.deepEqual(refusals("peer: python-threading, protocol: echo"), []);
    assert.deepEqual(refusals("peer: nginx, structure: fork, protocol: echo"), [
      "hosts.web.structure: nginx has no such setting",
      "hosts.web.protocol: nginx does not speak echo",
    ]);
    assert.deepEqual(refusals("peer: iis"), ["hosts.web.peer: iis cannot be read"]);
  });

  it("says every limit and time-out that it was given in its configuration", () => {
    const chosen = {
      "idle-max-ms": "41000",
      "head-ms": "42000",
      "content-ms": "43000",
      "write-ms": "44000",
      backlog: "4500",
    };
    for (const peer of PEER_NAMES) {
      const text = hostRole("server", { peer, ...chosen }).environment.RTTLAB_PEER_CONFIGURATION ?? "";
      const missing = ["41", "42", "43", "44", "4500"].filter((number) => !text.includes(number));
      assert.deepEqual(missing, [], `${peer}: ${text}`);
    }
  });
});
