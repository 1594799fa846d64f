// Bursts of losses, reordering, duplication and corruption in simulated streams: a link that does
// as declared is within, one that is off by a factor of two is not.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Direction, UNIMPAIRED } from "../../../lib/link/direction.ts";
import { gilbert } from "../../../lib/link/impairments/gilbert.ts";
import { randomSequence } from "../../../lib/random.ts";
import type { Flight } from "../capture.ts";
import { corruptionSeen } from "./corruption.ts";
import { checkLoss, expectedLoss, isDecided, wantedPackets } from "./loss.ts";
import { joinSamples, sampleStream } from "./sample-stream.ts";
import { checksOfStream } from "./table.ts";

const RATES = { alpha: 1 / 14_000, beta: 1 / 200 };
const PACE = 3000;

/** A packet every third of a millisecond over a link that is made like this. */
function stream(made: Direction, packets: number, random: () => number): { sent: Flight[]; damaged: number } {
  let [isBad, damaged] = [false, 0];
  const { toBadRatio = 0, toGoodRatio = 0 } = made.gilbertElliott ?? {};
  const sent = Array.from({ length: packets }, (_, at): Flight => {
    const sentAtMillis = (1000 * at) / PACE;
    const early = random() < made.reorderingRatio;
    const isLost = isBad || random() < made.lossRatio;
    isBad = isBad ? random() >= toGoodRatio : random() < toBadRatio;
    const bit = !isLost && random() < made.corruptionRatio ? Math.floor(random() * 54) : 0;
    if (bit >= 36) damaged += 1;
    const isGone = isLost || bit >= 14;
    const arrivedAtMillis = isGone ? null : sentAtMillis + 0.3 + (early ? 0 : made.delayMillis);
    const copies = !isGone && random() < made.duplicationRatio ? 1 : 0;
    return { sentAtMillis, arrivedAtMillis, copies, frameBytes: 54, stream: 1 };
  });
  return { sent, damaged };
}

function verdicts(made: Partial<Direction>, declared: Partial<Direction>, seed: number): Record<string, string> {
  const [link, asked] = [
    { ...UNIMPAIRED, delayMillis: 20, ...made },
    { ...UNIMPAIRED, delayMillis: 20, ...declared },
  ];
  const packets = 2 * wantedPackets(asked, PACE, RATES);
  const { sent, damaged } = stream(link, packets, randomSequence(seed));
  const sample = { ...sampleStream(sent, [], "a", asked, 0.3), damaged };
  const lost = sent.filter(({ arrivedAtMillis }) => arrivedAtMillis === null).length;
  const facts = { others: 0, late: 0, packetsPerSecond: PACE };
  const checks = [
    checkLoss(asked, { packets, lost }, RATES, facts),
    ...checksOfStream({ direction: asked, sample, rates: RATES }),
  ];
  return Object.fromEntries(checks.map(({ quantity, verdict }) => [quantity, verdict]));
}

const bursts = (text: string) => ({ gilbertElliott: gilbert.parse(text) ?? null });

describe("a stream of packets", () => {
  it("finds losses in bursts within, and neither their ratio nor their length if it is twice as much", () => {
    const declared = bursts("0.5%/20%");
    for (let seed = 1; seed <= 30; seed += 1) {
      assert.deepEqual(verdicts(declared, declared, seed), { loss: "within", "loss burst": "within" }, `seed ${seed}`);
      assert.equal(verdicts(bursts("1%/20%"), declared, seed).loss, "outside", `seed ${seed}`);
      const longer = verdicts(bursts("0.25%/10%"), declared, seed);
      assert.equal(longer["loss burst"], "outside", `seed ${seed}`);
      assert.equal(verdicts({ lossRatio: 0.0244 }, declared, seed)["loss burst"], "outside", `seed ${seed}`);
    }
  });

  for (const name of ["reorderingRatio", "duplicationRatio", "corruptionRatio"] as const) {
    const quantity = name.replace("Ratio", "");
    it(`finds ${quantity} within, and outside at half or twice the ratio`, () => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const verdict = (made: number) => verdicts({ [name]: made }, { [name]: 0.05 }, seed)[quantity];
        assert.deepEqual([0.05, 0.1, 0.025].map(verdict), ["within", "outside", "outside"], `seed ${seed}`);
      }
    });
  }

  it("finds reordering within, or outside, on a machine that is far behind with every packet", () => {
    const declared = { ...UNIMPAIRED, delayMillis: 25, reorderingRatio: 0.05 };
    for (let seed = 1; seed <= 20; seed += 1) {
      const verdict = (made: number) => {
        const random = randomSequence(seed);
        const { sent } = stream({ ...declared, reorderingRatio: made }, 4000, random);
        let reached = 0;
        const late = sent.map((flight): Flight => {
          // As long between two packets as between two that are sent, and sometimes much longer.
          const held = random() < 0.01 ? 12 * random() : 0.66 * random();
          const before = reached;
          reached = Math.max(reached, flight.sentAtMillis) + held;
          const waited = Math.max(0, before - flight.sentAtMillis) + held;
          return { ...flight, arrivedAtMillis: (flight.arrivedAtMillis as number) + waited };
        });
        const sample = sampleStream(late, [], "a", declared, 0.3);
        return checksOfStream({ direction: declared, sample, rates: RATES })[0]?.verdict;
      };
      assert.deepEqual([0.05, 0.1, 0.025].map(verdict), ["within", "outside", "outside"], `seed ${seed}`);
    }
  });

  it("does not judge reordering beside jitter that brings packets as early", () => {
    const jittered = { jitterMillis: 12, jitterDistribution: "uniform", reorderingRatio: 0.05 } as const;
    assert.equal(verdicts(jittered, jittered, 1).reordering, "unjudged");
    assert.equal(verdicts(jittered, { ...jittered, jitterMillis: 6 }, 1).reordering, "within");
    assert.equal(verdicts(jittered, { ...jittered, jitterMillis: 6, jitterOrder: "free" }, 1).reordering, "unjudged");
  });

  it("of a link that damages packets loses those that checksums cover", () => {
    const direction = { ...UNIMPAIRED, lossRatio: 0.1, corruptionRatio: 0.54 };
    assert.ok(Math.abs(expectedLoss(direction).ratio - (0.1 + 0.9 * 0.4)) < 1e-12);
    assert.ok(Math.abs(corruptionSeen(direction) - 0.9 * 0.18) < 1e-12);
  });

  it("finds corruption within beside loss, for what is lost is not damaged", () => {
    const declared = { lossRatio: 0.5, corruptionRatio: 0.05 };
    for (let seed = 1; seed <= 20; seed += 1) {
      const verdict = (corruptionRatio: number) =>
        verdicts({ ...declared, corruptionRatio }, declared, seed).corruption;
      assert.deepEqual([0.05, 0.1, 0.025].map(verdict), ["within", "outside", "outside"], `seed ${seed}`);
    }
  });

  it("has no verdict on shares of packets where none arrives", () => {
    const down = { state: "down", duplicationRatio: 0.5, corruptionRatio: 0.5, reorderingRatio: 0.5 } as const;
    const { sent } = stream({ ...UNIMPAIRED, lossRatio: 1 }, 1000, randomSequence(1));
    const direction = { ...UNIMPAIRED, ...down, delayMillis: 20 };
    const sample = sampleStream(sent, [], "a", direction, 0.3);
    assert.deepEqual(
      checksOfStream({ direction, sample, rates: RATES }).map(({ quantity, verdict, note }) => [
        quantity,
        verdict,
        note,
      ]),
      ["reordering", "duplication", "corruption"].map((quantity) => [
        quantity,
        "unjudged",
        "no packet arrived that could show it",
      ]),
    );
  });

  it("goes on until each of its shares can be judged", () => {
    const direction = { ...UNIMPAIRED, delayMillis: 20, lossRatio: 0.5, duplicationRatio: 0, reorderingRatio: 0.01 };
    assert.equal(isDecided(direction, { packets: 1000, lost: 500 }, RATES), false);
    assert.equal(isDecided(direction, { packets: 100_000, lost: 50_000 }, RATES), true);
  });

  it("may come in pieces", () => {
    const { sent } = stream({ ...UNIMPAIRED, lossRatio: 0.2 }, 1000, randomSequence(4));
    const piece = (from: number, to: number) => sampleStream(sent.slice(from, to), [], "a", UNIMPAIRED, 0.3);
    const [whole, joined] = [piece(0, 1000), joinSamples(joinSamples(null, piece(0, 500)), piece(500, 1000))];
    assert.deepEqual([joined.packets, joined.lost, joined.arrived], [whole.packets, whole.lost, whole.arrived]);
    // A burst that lies across the cut counts as two.
    assert.ok(joined.bursts - whole.bursts <= 1);
  });

  it("has no verdict where nothing was captured, or the delay is too short to skip", () => {
    const direction = { ...UNIMPAIRED, delayMillis: 20, duplicationRatio: 0.1 };
    assert.deepEqual(
      checksOfStream({ direction, sample: null, rates: RATES }).map(({ verdict }) => verdict),
      ["unjudged"],
    );
    assert.equal(
      verdicts({ delayMillis: 2, reorderingRatio: 0.1 }, { delayMillis: 2, reorderingRatio: 0.1 }, 1).reordering,
      "unjudged",
    );
  });
});
