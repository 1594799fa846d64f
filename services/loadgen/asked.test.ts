// Tests of the requests' paths and sizes, by distribution and by octets. The seeds are fixed, so a
// test gives the same figure each time; its bound says that the figure is what chance would give.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { parseSizes, type Sizes } from "../../lib/contract/load/sizes.ts";
import { parseWords } from "../../lib/contract/load/words.ts";
import { emptyCounters } from "./counters.ts";
import { serve } from "./lab/raw-server.ts";
import { pathsOf } from "./paths.ts";
import { runLoad } from "./run.ts";
import { sizesOf } from "./sizes.ts";

const COUNT = 20_000;

function drawn(word: string, seed = 1, stream = 0): number[] {
  const sizeAt = sizesOf(parseSizes(word) as Sizes, seed);
  return Array.from({ length: COUNT }, (_, index) => sizeAt(stream, index));
}

/** The largest distance between what was drawn and the distribution, at whole bytes. */
function kolmogorovSmirnov(sizes: readonly number[], below: (bytes: number) => number): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  // Sizes are rounded, so all that is drawn below half a byte more is at most this size.
  const distances = sorted.map((bytes, index) =>
    sorted[index + 1] === bytes ? 0 : Math.abs((index + 1) / sorted.length - below(bytes + 0.5)),
  );
  return Math.max(...distances);
}

/** The test's critical value for a share of one in a thousand: 1.949/√n (Massey 1951). */
const MOST_DISTANCE = 1.949 / Math.sqrt(COUNT);

describe("the size of a request", () => {
  const lognormal = (bytes: number) => normalCdf(Math.log(bytes), 9.357, 1.318);

  it("is lognormal over its whole range", () => {
    const distance = kolmogorovSmirnov(drawn("lognormal:9.357,1.318+most:1TB"), lognormal);
    assert.ok(distance < MOST_DISTANCE, `${distance}`);
  });

  it("has a Pareto tail above its beginning, and the lognormal body below it", () => {
    const from = 133_000;
    const sizes = drawn("lognormal:9.357,1.318+pareto:1.1,133kB+most:1TB");
    const distance = kolmogorovSmirnov(sizes, (bytes) =>
      bytes <= from ? lognormal(bytes) : 1 - (1 - lognormal(from)) * (from / bytes) ** 1.1,
    );
    assert.ok(distance < MOST_DISTANCE, `${distance}`);
    // The tail itself, a thirtieth of all: the mean of ln(size/from) is 1/alpha, within four
    // standard errors.
    const tail = sizes.filter((bytes) => bytes > from).map((bytes) => Math.log(bytes / from));
    const alpha = tail.length / tail.reduce((sum, log) => sum + log, 0);
    assert.ok(Math.abs(alpha - 1.1) < (4 * 1.1) / Math.sqrt(tail.length), `${alpha} of ${tail.length}`);
  });

  it("is limited, and the same for the same seed, stream and index alone", () => {
    const word = "lognormal:9.357,1.318+pareto:1.1,133kB+most:1MiB";
    assert.equal(Math.max(...drawn(word)), 1024 ** 2);
    assert.deepEqual(drawn(word), drawn(word));
    assert.notDeepEqual(drawn(word, 2), drawn(word));
    assert.notDeepEqual(drawn(word, 1, 1), drawn(word));
  });
});

describe("the path of a request", () => {
  it("is of rank r in proportion to 1/r^s", () => {
    const settings = parseSettings(parseWords(["path=/{1..50}", "popularity=zipf:0.8"]));
    const pathAt = pathsOf(settings);
    const counts = new Array<number>(50).fill(0);
    for (let index = 0; index < COUNT; index++) {
      const rank = Number(pathAt(0, index).slice(1));
      counts[rank - 1] = (counts[rank - 1] ?? 0) + 1;
    }
    const whole = counts.reduce((sum, _, index) => sum + (index + 1) ** -0.8, 0);
    const chiSquare = counts.reduce((sum, count, index) => {
      const expected = (COUNT * (index + 1) ** -0.8) / whole;
      return sum + (count - expected) ** 2 / expected;
    }, 0);
    // Chance exceeds 85.4 once in a thousand, with 49 degrees of freedom.
    assert.ok(chiSquare < 85.4, `${chiSquare}`);
  });
});

describe("two loads of a seed", () => {
  it("put the same octets on the wire", async (context) => {
    const words = ["path=/{1..9}", "popularity=zipf:1", "size=lognormal:3,1", "requests=40"];
    const wire = async (...more: string[]) => {
      const { target, seen } = await serve(context, (socket, text) => {
        for (const [, last] of text.matchAll(/Range: bytes=0-(\d+)/g)) {
          const bytes = Number(last) + 1;
          socket.write(`HTTP/1.1 206 Partial\r\nContent-Length: ${bytes}\r\n\r\n${"x".repeat(bytes)}`);
        }
      });
      const settings = parseSettings({ rttMillis: 1, ...parseWords([...words, ...more]), target });
      const result = await runLoad(settings, null, emptyCounters(), () => {}, new AbortController().signal);
      assert.deepEqual([result.completed, result.failed], [40, 0]);
      return seen.requests.join("").replaceAll(target, "HOST");
    };
    for (const load of [["users=1"], ["users=1", "pipeline=4"], ["rate=2000", "arrivals=poisson", "connections=1"]]) {
      const first = await wire(...load);
      assert.equal(await wire(...load), first);
      assert.notEqual(await wire(...load, "seed=2"), first);
    }
  });

  it("count a body of another size as wrong", async (context) => {
    const { target } = await serve(
      context,
      (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole"),
    );
    const settings = parseSettings({ rttMillis: 1, ...parseWords(["size=4", "requests=1"]), target });
    const result = await runLoad(settings, null, emptyCounters(), () => {}, new AbortController().signal);
    assert.deepEqual([result.completed, result.failures.wrong], [0, 1]);
    assert.equal(result.failureExamples.wrong, "a body of 5 bytes where 4 were asked for");
  });
});
