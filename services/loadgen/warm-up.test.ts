// A warm-up is also V8's: what it has optimised until the window begins must hold in the window.

import assert from "node:assert/strict";
import { it } from "node:test";
import { setFlagsFromString } from "node:v8";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { emptyCounters } from "./counters.ts";
import type { Exchange } from "./exchange.ts";
import { Recorder } from "./recorder.ts";
import { windowOf } from "./window.ts";

const METHODS = ["offered", "begun", "started", "received", "completed"] as const;

setFlagsFromString("--allow-natives-syntax");
/** V8's own functions, which only code that is compiled after the flag may name. */
const prepare = new Function("method", "%PrepareFunctionForOptimization(method)") as (method: unknown) => void;
const optimise = new Function("method", "%OptimizeFunctionOnNextCall(method)") as (method: unknown) => void;
const statusOf = new Function("method", "return %GetOptimizationStatus(method)") as (method: unknown) => number;

it("the first requests that count run the code that the warm-up had optimised", () => {
  const settings = parseSettings({ target: "server:80", seconds: 2, warmupSeconds: 2 });
  const recorder = new Recorder(settings, windowOf(settings, 0), emptyCounters());
  const requests = (fromMillis: number, toMillis: number) => {
    for (let millis = fromMillis; millis < toMillis; millis += 1.25) request(recorder, millis);
  };
  const statuses = () => METHODS.map((name) => [name, statusOf(recorder[name])]);
  for (const name of METHODS) prepare(recorder[name]);
  requests(0, 1500);
  const before = statuses();
  for (const name of METHODS) optimise(recorder[name]);
  requests(1500, 1990);
  const optimised = statuses();
  for (const [index, name] of METHODS.entries()) assert.notDeepEqual(optimised[index], before[index], name);
  requests(2000, 3500);
  assert.deepEqual(statuses(), optimised);
});

/** Its latencies vary, as they do. */
function request(recorder: Recorder, intendedMillis: number): void {
  const serviceMillis = 0.5 + (intendedMillis % 7) / 10;
  const exchange = {
    intendedMillis,
    attendedMillis: intendedMillis + serviceMillis / 10,
    startedMillis: intendedMillis + serviceMillis / 5,
    sentMillis: intendedMillis + serviceMillis / 4,
    firstByteMillis: intendedMillis + serviceMillis / 2,
    status: 200,
  } as Exchange;
  recorder.offered(intendedMillis, intendedMillis);
  recorder.begun(intendedMillis);
  recorder.started(exchange);
  recorder.received(1024, intendedMillis + serviceMillis);
  recorder.completed(exchange, intendedMillis + serviceMillis);
}
