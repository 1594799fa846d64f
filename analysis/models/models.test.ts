// Each model against numbers printed in papers and RFCs, or against a second derivation that shares
// none of its formulas: a transfer simulated segment by segment, a Markov chain solved state by
// state.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { averageWindow, renoWindow } from "./cubic.ts";
import { completeInputs, type Inputs, inputProblems, type Model } from "./model.ts";
import { checkLittle, utilisationHolds } from "./operational-laws.ts";
import { MODELS } from "./table.ts";

const model = (name: string) => MODELS.get(name) as Model;
const predict = (name: string, inputs: Inputs) => model(name).predict(completeInputs(model(name), inputs));
const broken = (name: string, inputs: Inputs) =>
  model(name)
    .brokenAssumptions(completeInputs(model(name), inputs))
    .join("; ");

function near(actual: number, expected: number, relative: number): void {
  assert.ok(Math.abs(actual / expected - 1) <= relative, `${actual}, expected ${expected} within ${100 * relative} %`);
}

/** One payload bit a segment bit: a bit/s is a segment/s times its bits. */
const SEGMENT_BITS = 8 * 1448;

describe("every model", () => {
  for (const { name, title, source, inputs } of MODELS.values()) {
    it(`${name} names its source, and the unit and range of each input`, () => {
      assert.ok(title.length > 10 && /\d{4}|RFC/.test(source));
      for (const { unit, meaning, choices, minimum, maximum } of inputs) {
        assert.ok(unit !== "" && meaning !== "");
        assert.ok(choices !== undefined || (minimum as number) < (maximum as number));
      }
    });
  }

  it("has all that is wrong with its inputs listed at once, with place and range", () => {
    const problems = inputProblems(model("page"), { rttSeconds: -1, plan: "2.0", colour: 3 }, "model.inputs");
    assert.deepEqual(
      problems.map(({ path, code }) => `${path} ${code}`),
      [
        "model.inputs.colour E_UNKNOWN_KEY",
        "model.inputs.plan E_BAD_VALUE",
        "model.inputs.rttSeconds E_OUT_OF_RANGE",
        "model.inputs.rateBitsPerSecond E_MISSING_KEY",
        "model.inputs.documentBytes E_MISSING_KEY",
        "model.inputs.objects E_MISSING_KEY",
        "model.inputs.objectBytes E_MISSING_KEY",
      ],
    );
  });
});

describe("Cardwell, Savage and Anderson", () => {
  const old = { rttSeconds: 0.1, segmentBytes: 1, segmentsPerCredit: 2, timeoutSeconds: 1, handshakes: 0 };

  it("takes log base γ of the segments without loss, and the time of the reference's own check with it", () => {
    near(predict("cardwell", { ...old, transferBytes: 100, lossRatio: 0 }), 0.1 * (Math.log(6) / Math.log(1.5)), 1e-12);
    near(predict("cardwell", { ...old, transferBytes: 100, lossRatio: 0.01 }), 1.05, 0.05);
  });

  it("needs about as many rounds without loss as slow start doubles", () => {
    const seconds = predict("cardwell", { rttSeconds: 0.1, lossRatio: 0, transferBytes: 70 * 1448 });
    near(seconds, 0.1 + 0.1 * Math.log2(8), 1e-9);
  });

  it("approaches PFTK's rate for very long transfers", () => {
    const path = { rttSeconds: 0.1, lossRatio: 0.01 };
    const seconds = predict("cardwell", { ...path, transferBytes: 1e9 });
    near((8 * 1e9) / seconds, predict("pftk", path), 0.02);
  });

  it("never falls as loss rises", () => {
    let before = 0;
    for (const lossRatio of [0, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.1]) {
      const seconds = predict("cardwell", { rttSeconds: 0.1, lossRatio, transferBytes: 1e6 });
      assert.ok(seconds >= before - 1e-9, `${lossRatio}: ${seconds} after ${before}`);
      before = seconds;
    }
  });
});

describe("PFTK and Mathis", () => {
  const path = { rttSeconds: 0.1, lossRatio: 0.01 };
  const segments = (name: string, inputs: Inputs) => predict(name, inputs) / SEGMENT_BITS;

  it("give 70.7 and 86.6 segments/s with delayed acknowledgements, and 115 as Linux counts", () => {
    const delayed = { ...path, segmentsPerCredit: 2 };
    near(segments("pftk", { ...delayed, timeoutSeconds: 1, form: "approximate" }), 70.7, 0.001);
    near(segments("mathis", { ...delayed, losses: "periodic" }), 86.6, 0.001);
    near(segments("pftk", { ...path, form: "approximate" }), 115, 0.005);
  });

  it("agree where losses are rare, and differ by 23 % and 70 % at 1 % and 3 % with T0 of 1 s", () => {
    const gap = (lossRatio: number) => {
      const inputs = { rttSeconds: 0.1, lossRatio };
      const timeouts = { ...inputs, timeoutSeconds: 1, form: "approximate" };
      return segments("mathis", { ...inputs, losses: "periodic" }) / segments("pftk", timeouts) - 1;
    };
    assert.ok(gap(1e-6) < 0.001);
    near(gap(0.01), 0.23, 0.02);
    near(gap(0.03), 0.7, 0.02);
  });

  it("what PFTK sends is, over what arrives, about the share lost in each last round", () => {
    const sent = segments("pftk", { ...path, form: "full" });
    near(sent / segments("pftk", path), 1.08, 0.02);
  });

  it("PFTK's form is the receiver's window a round trip where that is the smaller", () => {
    near(segments("pftk", { ...path, form: "full", lossRatio: 1e-9, maximumWindowSegments: 20 }), 200, 0.001);
  });

  it("Mathis says above 0.3 % that it does not apply", () => {
    assert.equal(broken("mathis", { ...path, lossRatio: 0.001 }), "");
    assert.match(broken("mathis", path), /recovery/);
  });

  it("PFTK says where it counts on time-outs for more than a tenth of the time", () => {
    const short = { rttSeconds: 0.02, lossRatio: 0.003 };
    assert.equal(broken("pftk", short), "");
    assert.match(broken("pftk", { ...short, lossRatio: 0.01 }), /time-outs take more than a tenth/);
    assert.equal(broken("pftk", { ...short, lossRatio: 0.01, timeoutSeconds: 0.05 }), "");
  });
});

describe("CUBIC's response function", () => {
  /**
   * RFC 9438, section 5.1, tables 1 and 2: loss, Reno's window, CUBIC's with C = 0.04, 0.4 and 4.
   */
  const TABLES = {
    0.1: [
      [1e-2, 12, 12, 12, 12],
      [1e-3, 38, 38, 38, 59],
      [1e-4, 120, 120, 187, 333],
      [1e-5, 379, 593, 1054, 1874],
      [1e-6, 1200, 3332, 5926, 10538],
      [1e-7, 3795, 18740, 33325, 59261],
      [1e-8, 12000, 105383, 187400, 333250],
    ],
    0.01: [
      [1e-2, 12, 12, 12, 12],
      [1e-3, 38, 38, 38, 38],
      [1e-4, 120, 120, 120, 120],
      [1e-5, 379, 379, 379, 379],
      [1e-6, 1200, 1200, 1200, 1874],
      [1e-7, 3795, 3795, 5926, 10538],
      [1e-8, 12000, 18740, 33325, 59261],
    ],
  } as const;

  for (const [rtt, rows] of Object.entries(TABLES)) {
    it(`has the windows that RFC 9438 prints for an RTT of ${rtt} s`, () => {
      for (const [loss, reno, ...windows] of rows) {
        near(renoWindow(loss), reno, 0.02);
        for (const [at, scaling] of [0.04, 0.4, 4].entries()) {
          near(averageWindow(Number(rtt), loss, scaling), windows[at] as number, 0.02);
        }
      }
    });
  }
});

describe("a window and a path", () => {
  const path = { rttSeconds: 0.1, rateBitsPerSecond: 12.112e6 }; // 1000 full segments a second

  it("carry a window each round trip until it fills the path, then the rate, with the rest waiting", () => {
    near(predict("window-throughput", { ...path, windowSegments: 50 }), (50 / 0.101) * SEGMENT_BITS, 1e-9);
    near(predict("window-throughput", { ...path, windowSegments: 500 }), 1000 * SEGMENT_BITS, 1e-9);
    near(predict("queueing-delay", { ...path, windowSegments: 500 }), 0.5, 1e-9);
    near(predict("bandwidth-delay", path), 100, 1e-9);
    assert.match(
      broken("queueing-delay", { ...path, windowSegments: 500, queueSegments: 41.28137384412153 }),
      /^399 segments would wait where the queue holds 41: the rest is lost$/,
    );
  });
});

describe("slots", () => {
  it("bound the rate by serving and idling, as slots taken and given back one by one do", () => {
    const [count, serve, idle] = [10, 0.02, 0.5];
    const free = Array<number>(count).fill(0);
    let served = 0;
    for (let now = 0; now < 1000; served += 1) {
      const slot = free.indexOf(Math.min(...free));
      now = free[slot] as number;
      free[slot] = now + serve + idle;
    }
    near(predict("slots", { slots: count, serveSeconds: serve, idleSeconds: idle }), served / 1000, 0.002);
  });
});

describe("queues", () => {
  it("M/M/c responds as its Markov chain, solved state by state, says", () => {
    for (const [arrivals, service, servers] of [
      [0.5, 1, 1],
      [1, 1, 2],
      [7, 0.5, 4],
      [90, 0.1, 10],
    ] as const) {
      let [weight, sum, requests] = [1, 1, 0];
      for (let state = 1; state < 5000; state += 1) {
        weight *= (arrivals * service) / Math.min(state, servers);
        sum += weight;
        requests += state * weight;
      }
      const inputs = { arrivalsPerSecond: arrivals, serviceSeconds: service, servers };
      near(predict("multi-server", inputs), requests / sum / arrivals, 1e-9);
    }
    assert.match(broken("multi-server", { arrivalsPerSecond: 3, serviceSeconds: 1, servers: 2 }), /without bound/);
  });

  it("M/G/1 responds as the chain of what departures leave behind, solved state by state, says", () => {
    // Services of one length, or of two that are as likely: requests that come in one are Poisson.
    for (const [arrivals, lengths] of [
      [0.5, [1]],
      [0.9, [1]],
      [0.8, [0.2, 1.8]],
    ] as const) {
      const coming = (count: number) => {
        const each = lengths.map((length) => {
          let probability = Math.exp(-arrivals * length);
          for (let n = 1; n <= count; n += 1) probability *= (arrivals * length) / n;
          return probability;
        });
        return each.reduce((sum, one) => sum + one, 0) / lengths.length;
      };
      const come = Array.from({ length: 400 }, (_, count) => coming(count));
      const left = [1 - arrivals];
      for (let state = 0; state < 399; state += 1) {
        let rest = (left[state] as number) - (left[0] as number) * (come[state] as number);
        for (let from = 1; from <= state; from += 1)
          rest -= (left[from] as number) * (come[state - from + 1] as number);
        left.push(Math.max(0, rest / (come[0] as number)));
      }
      const requests = left.reduce((sum, probability, state) => sum + state * probability, 0);
      const variation = Math.sqrt(lengths.reduce((sum, one) => sum + (one - 1) ** 2, 0) / lengths.length);
      const inputs = { arrivalsPerSecond: arrivals, serviceSeconds: 1, variation };
      near(predict("single-server", inputs), requests / arrivals, 1e-6);
    }
    const exponential = { arrivalsPerSecond: 3, serviceSeconds: 0.2 };
    near(predict("single-server", exponential), predict("multi-server", { ...exponential, servers: 1 }), 1e-9);
    assert.match(broken("single-server", { arrivalsPerSecond: 3, serviceSeconds: 1 }), /without bound/);
  });

  it("a closed network has the throughput of its product-form solution (Gordon and Newell), summed over all states", () => {
    const [think, server, link, users] = [1.2, 0.1, 0.07, 12];
    let [sum, busy] = [0, 0];
    for (let atServer = 0; atServer <= users; atServer += 1) {
      for (let atLink = 0; atLink <= users - atServer; atLink += 1) {
        const thinking = users - atServer - atLink;
        let weight = server ** atServer * link ** atLink * think ** thinking;
        for (let n = 2; n <= thinking; n += 1) weight /= n;
        sum += weight;
        if (atServer > 0) busy += weight;
      }
    }
    const inputs = { users, thinkSeconds: think, serverSeconds: server, linkSeconds: link };
    const perSecond = predict("closed-throughput", inputs);
    near(perSecond, busy / sum / server, 1e-9);
    near(predict("closed-response", inputs), users / perSecond - think, 1e-9);
  });

  it("a closed load of many users is bounded by the slowest station", () => {
    near(
      predict("closed-throughput", { users: 1000, serverSeconds: 0.004, processors: 4, delaySeconds: 0.1 }),
      1000,
      0.001,
    );
  });
});

describe("operational laws", () => {
  it("hold of a run that adds up, and fail one whose window or count is wrong", () => {
    const run = { users: 10, requests: 1000, perSecond: 50, responseSeconds: 0.15, thinkSeconds: 0.05 };
    assert.equal(checkLittle(run).holds, true);
    assert.equal(checkLittle({ ...run, perSecond: 45 }).holds, false);
    assert.equal(
      checkLittle({ ...run, perSecond: 45, requests: 100 }).holds,
      true,
      "the window cuts one of ten requests",
    );
    const busy = { seconds: 10, processors: 2 };
    assert.equal(utilisationHolds({ ...busy, busySeconds: [9, 8, 3.5] }), true);
    assert.equal(utilisationHolds({ ...busy, busySeconds: [9, 8, 4.5] }), false, "busier than two processors can be");
    assert.equal(utilisationHolds({ ...busy, busySeconds: [9, -1] }), false, "less than nothing");
  });
});
