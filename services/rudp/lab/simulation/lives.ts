// Lives by the thousand. fast-check draws the plans and shrinks failing ones; the smallest failing
// life is printed as a timeline. The tests run hundreds and 20,000, `npm run soak` a million.

import fc from "fast-check";
import { CONTROLLERS, type ControllerName } from "../../protocol/congestion/table.ts";
import type { ConnectionOptions } from "../../protocol/connection/connection.ts";
import { type LifePlan, type LifeResult, live } from "./life.ts";
import type { PathSettings } from "./path.ts";
import type { TalkerPlan } from "./talker.ts";

/**
 * Runs `count` lives drawn from `seed` and reports each. Throws with the smallest failing plan and
 * its timeline.
 */
export function liveMany(count: number, seed: number, onLife: (life: LifeResult) => void = () => {}): void {
  const property = fc.property(lifePlans(), (plan) => {
    const life = live(plan);
    onLife(life);
    return life.failure === null;
  });
  const outcome = fc.check(property, { numRuns: count, seed });
  if (!outcome.failed) return;
  if (outcome.counterexample === null) throw new Error(`no life failed, but the run did: ${outcome.errorInstance}`);
  throw new Error(describeFailure(outcome.counterexample[0], seed, outcome.numRuns));
}

/** The plan, the fault, and the last lines of the timeline. */
export function describeFailure(plan: LifePlan, seed: number, runs: number): string {
  const { failure, timeline } = live(plan, true);
  const shown = timeline.length > 400 ? ["…", ...timeline.slice(-400)] : timeline;
  return [
    `life ${runs} of seed ${seed} failed: ${failure}`,
    `as found and shrunk, to be given to live(): ${JSON.stringify(plan)}`,
    ...shown,
  ].join("\n");
}

export function lifePlans(): fc.Arbitrary<LifePlan> {
  const talks = fc.array(fc.tuple(talkerPlans(), talkerPlans()), { minLength: 1, maxLength: 3 }).map((pairs) =>
    pairs.map(([a, b]): [TalkerPlan, TalkerPlan] => {
      const mayFail = a.abortsAtMillis !== null || b.abortsAtMillis !== null;
      return [
        { ...a, mayFail, expectedBytes: b.bytes, expectedSeed: b.seed, closesLast: a.closesLast && !b.closesLast },
        { ...b, mayFail, expectedBytes: a.bytes, expectedSeed: a.seed },
      ];
    }),
  );
  return (
    fc
      .record({
        seed: fc.nat(),
        paths: fc.tuple(pathSettings(), pathSettings()),
        options: fc.tuple(options(), options()),
        talks,
        simultaneous: rarely(),
        wrapsAfterSegments: fc.option(fc.integer({ min: 0, max: 50 })),
        movesAtMillis: fc.option(fc.nat(2000), { freq: 4 }),
        lateMillis: fc.tuple(lateness(), lateness()),
        batchDatagrams: fc.tuple(batch(), batch()),
      })
      // A simultaneous open knows its peer only by address until it knows the ids.
      .map((plan) => (plan.simultaneous ? { ...plan, talks: plan.talks.slice(0, 1), movesAtMillis: null } : plan))
      .map(askAfterAborts)
  );
}

/** An end that missed the reset of an aborting peer learns of it only by probing. */
function askAfterAborts(plan: LifePlan): LifePlan {
  if (!plan.talks.some(([{ mayFail }]) => mayFail)) return plan;
  const asking = (options: Partial<ConnectionOptions>) => ({
    ...options,
    keepAliveMillis: options.keepAliveMillis || 30_000,
  });
  return { ...plan, options: [asking(plan.options[0]), asking(plan.options[1])] };
}

function talkerPlans(): fc.Arbitrary<TalkerPlan> {
  return fc
    .record({
      seed: fc.nat(1_000_000),
      bytes: fc.oneof(fc.nat(3000), fc.nat(40_000)),
      writeBytes: fc.oneof(fc.integer({ min: 1, max: 2500 }), fc.constant(20_000)),
      writePauseMillis: fc.oneof(fc.constant(0), fc.nat(200)),
      flushRatio: fc.constantFrom(0, 0.1, 1),
      readBytes: fc.integer({ min: 1, max: 5000 }).map((bytes) => Math.max(bytes, 200)),
      readPauseMillis: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(300) }),
      closesLast: rarely(),
      abortsAtMillis: fc.tuple(fc.nat(15), fc.nat(5000)).map(([n, at]) => (n === 15 ? at : null)),
    })
    .map((plan) => ({ ...plan, expectedBytes: 0, expectedSeed: 0, mayFail: false }));
}

function pathSettings(): fc.Arbitrary<PathSettings> {
  return fc.record({
    delayMillis: fc.oneof(fc.constant(0.05), fc.nat(200)),
    jitterMillis: fc.oneof(fc.constant(0), fc.nat(50)),
    lossRatio: fc.oneof(
      fc.constant(0),
      fc.double({ min: 0, max: 0.05, noNaN: true }),
      fc.double({ min: 0, max: 0.3, noNaN: true }),
    ),
    lossPeriodDatagrams: fc.constant(null),
    duplicateRatio: fc.constantFrom(0, 0, 0.02, 0.3),
    corruptRatio: fc.constantFrom(0, 0, 0.02, 0.1),
    rateBitsPerSecond: fc.constantFrom(null, null, 300_000, 5_000_000),
    queueDatagrams: fc.constantFrom(3, 10, 1000),
    blackouts: fc.array(
      fc.tuple(fc.nat(5000), fc.nat(8000)).map(([from, length]): [number, number] => [from, from + length]),
      { maxLength: 2 },
    ),
  });
}

/**
 * Queues small enough to fill. Time-outs long enough that no connection dies of bad luck at 30 %
 * loss both ways.
 */
function options(): fc.Arbitrary<Partial<ConnectionOptions>> {
  const mostly = fc.boolean().chain((first) => (first ? fc.constant(true) : fc.boolean()));
  return fc
    .record({
      controller: fc.constantFrom(...(Object.keys(CONTROLLERS) as ControllerName[])),
      initialWindowSegments: fc.constantFrom(1, 2, 4, 10),
      byteCountingLimit: fc.constantFrom(0, 1, 2, 8),
      fixedWindowSegments: fc.integer({ min: 1, max: 40 }),
      fastRetransmit: mostly,
      fastRecovery: mostly,
      sack: fc.boolean(),
      limitedTransmit: fc.boolean(),
      adaptToReordering: fc.boolean(),
      timestamps: mostly,
      rateReduction: fc.boolean(),
      lostCopies: fc.boolean(),
      minimumRtoMillis: fc.constantFrom(50, 200, 1000),
      minimumMarginMillis: fc.constantFrom(1, 200),
      delayedAckMillis: fc.constantFrom(0, 25, 200),
      ackEverySegments: fc.constantFrom(1, 2, 4),
      pacing: fc.boolean(),
      coalesce: mostly,
      sendQueueSegments: fc.constantFrom(4, 8, 32, 128),
      receiveQueueSegments: fc.constantFrom(4, 8, 32, 128),
      slowStartAfterIdle: fc.boolean(),
      keepAliveMillis: fc.constantFrom(0, 2000, 30_000),
    })
    .map((chosen) => ({ ...chosen, maximumRtoMillis: 10_000, peerTimeoutMillis: 7_200_000, timeWaitMillis: 900_000 }));
}

function lateness(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) });
}

/** The engine sends 64 datagrams in a turn, which few of these windows fill. */
function batch(): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(64) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }) });
}

function rarely(): fc.Arbitrary<boolean> {
  return fc.nat(7).map((n) => n === 7);
}
