// Factors whose levels set the same key.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { GOOD } from "../../tests/study/good-study.ts";
import { readScenario } from "../../topology/scenarios/read-scenario.ts";
import { expand } from "../expand.ts";
import { readStudy } from "./read.ts";

const RTT = "  rtt: {label: round-trip time, levels: [20ms, 100ms], sets: link.wan-a.rtt}\n";

/** The good study with these factors before its own, and with those after them. */
const withFactors = (before: string, after = "", exclude = "") =>
  GOOD.replace(RTT, `${before}${RTT}${after}`).replace("exclude:\n", `exclude:\n${exclude}`);

const read = (text: string) => readStudy("windows", text, (scenario) => readScenario(scenario));

async function problemsOf(text: string): Promise<string[]> {
  try {
    await read(text);
  } catch (error) {
    return (error as RttlabError).problems.map(
      ({ code, path, message, line }) => `${line} ${code} ${path}: ${message}`,
    );
  }
  return [];
}

describe("a key that the levels of two factors set", () => {
  it("is refused where one factor's levels would never be applied, at the line of the second", async () => {
    const far = "  far: {levels: [5ms, 300ms], sets: link.wan-a.rtt}\n";
    assert.deepEqual(await problemsOf(withFactors("", far)), [
      "15 E_CONFLICTING_KEYS factors.far: sets link.wan-a.rtt and so hides the levels of rtt",
    ]);
    assert.deepEqual(await problemsOf(withFactors(far)), [
      "15 E_CONFLICTING_KEYS factors.rtt: sets link.wan-a.rtt and so hides the levels of far",
    ]);
  });

  it("is refused where a level would set nothing in a cell, and accepted where that cell is left out", async () => {
    const place = "  place: {levels: {here: {}, there: {link.wan-a.rtt: 300ms}}}\n";
    assert.deepEqual(await problemsOf(withFactors("", place)), [
      "15 E_CONFLICTING_KEYS factors.place: sets link.wan-a.rtt and so hides the levels of rtt",
    ]);
    const exclude = "  - {place: there, rtt: [20ms, 100ms]}\n";
    assert.deepEqual(await problemsOf(withFactors("", place, exclude)), []);
  });

  it("is refused where it is never the first factor's, though that sets something else too", async () => {
    const ways = "{short: {link.wan-a.rtt: 5ms, link.wan-a.rate: 9mbit}, long: {link.wan-a.rtt: 9ms}}";
    const [problem = "", ...others] = await problemsOf(withFactors(`  way: {levels: ${ways}}\n`));
    assert.match(problem, /E_CONFLICTING_KEYS factors\.rtt: sets link\.wan-a\.rtt and so hides the levels of way/);
    assert.deepEqual(others, []);
  });

  it("is the later factor's in cells that are exceptions, where the level still sets something", async () => {
    const way =
      "  way: {levels: {wide: {link.wan-a.rate: 50mbit, link.wan-a.loss: 1%}, clear: {link.wan-a.loss: 2%}}}\n";
    const host =
      "  sack: {levels: {with: {host.server.sack: on}, without: {host.server.sack: off, link.wan-a.rate: 9mbit}}}\n";
    const text = withFactors(way, host);
    assert.deepEqual(await problemsOf(text), []);
    const rates = expand((await read(text)).study).map(({ settings }) => settings["link.wan-a.rate"]);
    assert.deepEqual(new Set(rates), new Set(["50mbit", "20mbit", "9mbit"]));
  });

  it("may override what is fixed", async () => {
    assert.deepEqual(await problemsOf(withFactors("  rate: {levels: [1mbit, 5mbit], sets: link.wan-a.rate}\n")), []);
  });
});
