// M/G/c: exact for one server, and for several beside a simulation that knows no formula.

import assert from "node:assert/strict";
import { it } from "node:test";
import { randomSequence } from "../../lib/random.ts";
import { completeInputs, type Inputs, type Model } from "./model.ts";
import { multiServer } from "./multi-server.ts";
import { singleServer } from "./single-server.ts";

const responseOf = (model: Model, inputs: Inputs) => model.predict(completeInputs(model, inputs));

it("of one server it is M/G/1, whatever the times of service", () => {
  for (const variation of [0, 0.5, 1, 2]) {
    const inputs = { arrivalsPerSecond: 3, serviceSeconds: 0.2, variation, delaySeconds: 0.1 };
    const ratio = responseOf(multiServer, { ...inputs, servers: 1 }) / responseOf(singleServer, inputs);
    assert.ok(Math.abs(ratio - 1) < 1e-9);
  }
});

it("is of whole servers: a part of one is outside its domain", () => {
  const inputs = { arrivalsPerSecond: 1, serviceSeconds: 1 };
  const broken = (servers: number) =>
    multiServer.brokenAssumptions(completeInputs(multiServer, { ...inputs, servers }));
  assert.deepEqual([broken(2), broken(2.5)], [[], ["servers come whole"]]);
});

it("of four servers with one time of service the wait is nearly that of arrivals served one by one", () => {
  const [serviceSeconds, servers, count] = [0.04, 4, 400_000];
  for (const arrivalsPerSecond of [75, 85]) {
    const random = randomSequence(7);
    const freeAt = new Array<number>(servers).fill(0);
    let [now, waited] = [0, 0];
    for (let arrival = 0; arrival < count; arrival++) {
      now -= Math.log(1 - random()) / arrivalsPerSecond;
      const next = freeAt.indexOf(Math.min(...freeAt));
      const beginning = Math.max(now, freeAt[next] as number);
      freeAt[next] = beginning + serviceSeconds;
      waited += beginning - now;
    }
    const inputs = { arrivalsPerSecond, serviceSeconds, servers, variation: 0 };
    const ratio = (responseOf(multiServer, inputs) - serviceSeconds) / (waited / count);
    assert.ok(Math.abs(ratio - 1) < 0.1, `${ratio} of the wait`);
  }
});
