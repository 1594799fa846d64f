// A host's limit of processors, from its scenario to what Docker is asked for.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { parseScenario } from "../model/scenario.ts";
import { optionsOf } from "../plan/host-options.ts";
import { planUp } from "../plan/plan.ts";
import { NOTHING } from "../plan/simulation.ts";
import type { ContainerSpec } from "../plan/step.ts";
import { createOptions } from "./container-options.ts";

const scenario = (words: string) =>
  parseScenario("tried", `title: Tried\nnetworks: {here: {}}\nhosts: {web: {role: server, on: here${words}}}\n`);

function containerOf(words: string): ContainerSpec {
  const steps = planUp(scenario(words), NOTHING).steps;
  const step = steps.find(({ id }) => id === "create-container rttlab-tried-web");
  return step?.action.op === "create-container" ? step.action.container : assert.fail("no container");
}

function refusals(words: string): string[] {
  try {
    scenario(words);
  } catch (error) {
    return (error as RttlabError).problems.map(({ code, path, message }) => `${code} ${path}: ${message}`);
  }
  return [];
}

describe("the processors of a host", () => {
  it("are all of the machine's where the scenario has no word about them", () => {
    const { HostConfig = {} } = createOptions(containerOf(""));
    assert.deepEqual([HostConfig.NanoCpus, HostConfig.CpusetCpus], [undefined, undefined]);
  });

  it("are a quota of time, whole ones, or both, for Docker and in what status shows", () => {
    for (const [words, nanos, cores, shown] of [
      [", cpus: 0.5", 5e8, undefined, { cpus: "0.5" }],
      [', cores: "1"', undefined, "1", { cores: "1" }],
      [', cpus: 1.5, cores: "0-1,3,1"', 1.5e9, "0,1,3", { cpus: "1.5", cores: "0,1,3" }],
    ] as const) {
      const container = containerOf(words);
      const { HostConfig = {} } = createOptions(container);
      assert.deepEqual([HostConfig.NanoCpus, HostConfig.CpusetCpus], [nanos, cores]);
      assert.deepEqual(optionsOf(container.labels), shown);
    }
  });

  it("stand beside the options of its role, and are those of a program of one's own too", () => {
    assert.deepEqual(optionsOf(containerOf(", structure: prethread, cpus: 1").labels), {
      structure: "prethread",
      cpus: "1",
    });
    const [own] = parseScenario(
      "tried",
      'title: Tried\nnetworks: {here: {}}\nhosts: {own: {image: "my/service:1", on: here, port: 80, cpus: 1}}\n',
    ).hosts;
    assert.deepEqual(own?.processors, { quota: 1, cores: null });
  });

  it("are refused out of range, falling, and as more time than the cores have", () => {
    assert.deepEqual(refusals(", cpus: 0"), ["E_OUT_OF_RANGE hosts.web.cpus: 0 is out of range"]);
    assert.deepEqual(refusals(', cores: "3-1"'), ["E_OUT_OF_RANGE hosts.web.cores: has falling ranges: 3-1"]);
    assert.deepEqual(refusals(', cpus: 2, cores: "1"'), [
      "E_OUT_OF_RANGE hosts.web.cpus: 2 is more time than its cores have",
    ]);
    assert.deepEqual(refusals(', cores: "all"'), ["E_BAD_VALUE hosts.web.cores: all cannot be read"]);
  });
});
