import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import { describeSteps } from "./describe.ts";
import { optionsOf } from "./host-options.ts";
import { planUp } from "./plan.ts";
import { NOTHING, upped } from "./simulation.ts";
import type { ContainerSpec } from "./step.ts";

const scenario = (web: string, load = "") => `title: Options
networks: {here: {}}
hosts:
  web: {role: server, on: here${web}}
  load: {role: loadgen, on: here${load}}
`;

function problemsOf(text: string): string[] {
  try {
    parseScenario("tried", text);
    return [];
  } catch (error) {
    assert.ok(error instanceof RttlabError);
    return error.problems.map(({ code, path, message, allowed }) => `${code} ${path}: ${message} (${allowed})`);
  }
}

function stepsOf(web: string, observed = NOTHING) {
  return planUp(parseScenario("tried", scenario(web)), observed).steps;
}

function containerOf(web: string): ContainerSpec {
  const step = stepsOf(web).find(({ id }) => id === "create-container rttlab-tried-web");
  return step?.action.op === "create-container" ? step.action.container : assert.fail("no container");
}

describe("options of a server's host", () => {
  it("become its environment, its label and a part of the plan that people read", () => {
    const { environment, labels } = containerOf(", structure: prethread, workers: 32, idle-max-ms: 5000");
    assert.equal(environment.SERVER_STRUCTURE, "prethread");
    assert.equal(environment.SERVER_WORKERS, "32");
    assert.equal(environment.SERVER_IDLE_MAX_MS, "5000");
    assert.deepEqual(optionsOf(labels), { structure: "prethread", workers: "32", "idle-max-ms": "5000" });
    const lines = describeSteps(stepsOf(", structure: prethread, workers: 32")).split("\n");
    assert.ok(lines.some((line) => line.endsWith("it is not there (structure=prethread workers=32)")));
  });

  it("give its container room for as many processes as it has workers", () => {
    const [few, many] = [containerOf(", workers: 1"), containerOf(", workers: 100")];
    assert.equal(many.pidsLimit - few.pidsLimit, 99 * 16);
    assert.equal(many.memoryBytes - few.memoryBytes, 99 * 64 * 2 ** 20);
  });

  it("that change make a new container, and say so", () => {
    const up = upped(parseScenario("tried", scenario(", structure: fork")));
    assert.deepEqual(stepsOf(", structure: fork", up), []);
    const [removed] = stepsOf(", structure: thread", up);
    assert.equal(removed?.id, "remove-container rttlab-tried-web");
    assert.equal(removed?.because, "changed: environment, options");
  });

  it("choose the protocol: nobody loads an echo server with HTTP", () => {
    const loads = (web: string) => stepsOf(web).filter(({ action }) => action.op === "set-background");
    assert.equal(loads("").length, 1);
    assert.equal(loads(", protocol: echo").length, 0);
  });
});

describe("a scenario with wrong options", () => {
  it("is refused with each value that is none, and what would be one", () => {
    assert.deepEqual(problemsOf(scenario(", structure: forks, workers: 5000, protocol: gopher, http: 1.0")), [
      "E_BAD_VALUE hosts.web.protocol: gopher cannot be read (http, echo)",
      "E_BAD_VALUE hosts.web.structure: forks cannot be read (event, event-multi, coroutine, staged, iterative, prethread, prefork, thread, fork)",
      "E_OUT_OF_RANGE hosts.web.workers: 5000 is out of range (a whole number, 0 to 1024)",
      "E_BAD_VALUE hosts.web.http: 1 cannot be read (1.0, 1.1, in quotes)",
    ]);
  });

  it("is refused with options of another role", () => {
    assert.deepEqual(problemsOf(scenario("", ", structure: event")), [
      "E_UNKNOWN_KEY hosts.load.structure: a loadgen has no such option (role, on, environment)",
    ]);
  });

  it("is refused with an option that is in the environment too, and with two that contradict each other", () => {
    const [twice] = problemsOf(scenario(", workers: 2, environment: {SERVER_WORKERS: '3'}"));
    assert.match(twice ?? "", /^E_DUPLICATE_KEY hosts.web.workers: SERVER_WORKERS of its environment says it too/);
    const [above] = problemsOf(scenario(", idle-max-ms: 1000"));
    assert.match(above ?? "", /^E_OUT_OF_RANGE hosts.web.idle-max-ms: 2000 ms at least are more than 1000 ms at most/);
  });
});
