// The processors that hosts of shipped scenarios can keep busy.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readScenario } from "../topology/scenarios/read-scenario.ts";
import type { Settings } from "./file/study.ts";
import { load } from "./measures/load.ts";
import { usableProcessors } from "./processors.ts";

const all = Number.POSITIVE_INFINITY;

async function usable(scenario: string, names: readonly string[], hosts: Record<string, Settings> = {}, threads = "1") {
  const topology = await readScenario(scenario);
  const measure = { kind: load, host: "client", words: { threads } };
  const named = new Map(Object.entries(hosts).map(([host, settings]) => [host, Object.keys(settings)]));
  return names.map(usableProcessors({ hosts, measure, beside: [] }, topology, named));
}

describe("the processors that a host can keep busy", () => {
  it("are its quota's or its cores', where its workers are more", async () => {
    const names = ["quota-half", "quota-one", "core-one", "all", "client"];
    assert.deepEqual(await usable("workers-and-cores", names), [0.5, 1, 1, 64, 1]);
    const hosts = { all: { workers: "4" }, "quota-half": { workers: "1" } };
    assert.deepEqual(await usable("workers-and-cores", names, hosts), [0.5, 1, 1, 4, 1]);
    assert.deepEqual(await usable("workers-and-cores", ["client"], {}, "2"), [1], "it keeps to one core");
  });

  it("are the threads and processes of a server's structure, and those of a load", async () => {
    const names = ["event", "coroutine", "iterative", "event-multi", "staged", "prethread", "prefork", "client"];
    assert.deepEqual(await usable("structures", names, {}, "2"), [1, 1, 1, all, 16, 32, 32, 2]);
    const hosts = { "event-multi": { workers: "2" }, event: { workers: "8" }, prefork: { workers: "3" } };
    assert.deepEqual(await usable("structures", names, hosts), [1, 1, 1, 2, 16, 32, 3, 1]);
  });

  it("are one of a link, and a peer's as it shares its work", async () => {
    assert.deepEqual(await usable("one-path", ["wan"]), [1]);
    const names = ["nginx", "apache-prefork", "python-threading", "python-asyncio"];
    assert.deepEqual(await usable("peers", names), [1, 8, 1, 1]);
  });
});
