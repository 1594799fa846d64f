// One load by all generators of a scenario: words that are refused before any of them is asked.

import assert from "node:assert/strict";
import { it } from "node:test";
import type { Engine } from "../apply/docker.ts";
import type { ObservedContainer } from "../plan/observed.ts";
import { loadTogether } from "./load-together.ts";
import type { Output } from "./output.ts";

it("a load of three generators is refused before it begins where one of them could not make its share", async () => {
  const generators = ["load-a", "load-b", "load-c"].map((name) => ({ name }) as ObservedContainer);
  for (const words of [
    ["rate=5", "connections=2"],
    ["find=saturation", "connections=2"],
    ["find=saturation", "connections=5", "threads=2"],
  ]) {
    const loading = loadTogether({} as Engine, generators, words, { json: false } as Output);
    await assert.rejects(loading, { code: "E_BAD_LOAD", message: /connections are fewer than the [36] shares/ });
  }
});
