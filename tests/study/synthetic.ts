// A made-up study with everything that a real one has: runs scattered around the page model, which
// fails where the queue overflows, a run void now and then, histograms, a trace. The same size and
// seed make the same study. For tests, the bench and the demonstration.

import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { predictCells } from "../../analysis/models/predict.ts";
import { type Cell, type Conclusion, FORMAT, type Manifest, type Run, type Trace } from "../../analysis/results.ts";
import { randomSequence } from "../../lib/random.ts";

export interface SyntheticStudy {
  manifest: Manifest;
  runs: Run[];
}

interface Size {
  rtts?: readonly number[];
  rates?: readonly number[];
  objectBytes?: readonly number[];
  repetitions?: number;
  requests?: number;
  seed?: number;
}

const PLANS = ["1.0-serial", "1.0-parallel", "1.1-serial", "1.1-pipelined"];
const START = Date.UTC(2026, 0, 5, 9);

export function syntheticStudy({
  rtts = [10, 50, 100, 200],
  rates = [2e6, 10e6, 50e6],
  objectBytes = [10_240, 307_200],
  repetitions = 10,
  requests = 60,
  seed = 7,
}: Size = {}): SyntheticStudy {
  const cells = PLANS.flatMap((plan) =>
    rtts.flatMap((rtt) =>
      rates.flatMap((rate) =>
        objectBytes.map((bytes): Cell => {
          return { id: `${plan} ${rtt} ${rate} ${bytes}`, levels: { plan, rtt, rate, object: bytes } };
        }),
      ),
    ),
  );
  const inputs = {
    plan: "plan",
    rttSeconds: "rtt / 1000",
    rateBitsPerSecond: "rate",
    documentBytes: 20_000,
    objects: 12,
    objectBytes: "object",
    connections: 4,
    queueSegments: 100,
  };
  const { predictions, problems } = predictCells({ model: "page", quantity: "pageTime", inputs }, cells, "models[0]");
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const random = randomSequence(seed);
  const order = Array.from({ length: repetitions }, () => shuffled(cells, random)).flat();
  const predicted = new Map(predictions.map((prediction) => [prediction.cell, prediction]));
  const runs = order.map((cell, index): Run => {
    const prediction = predicted.get(cell.id) as (typeof predictions)[number];
    // Losses that the model leaves out: a quarter more where it says itself that it does not apply.
    const loss = prediction.brokenAssumptions.length === 0 ? 1 : 1.25;
    const pageTime = prediction.value * loss * Math.exp(0.015 * normal(random)) + 0.002;
    return {
      index,
      cell: cell.id,
      block: Math.floor(index / cells.length),
      startedAt: new Date(START + 4000 * index).toISOString(),
      voidReason: random() < 0.01 ? "wan-a dropped 12 packets in its propagation stage" : null,
      saturated: Number(cell.levels.rate) < 5e6 ? "link" : "none",
      values: {
        pageTime,
        connect: Number(cell.levels.rtt) / 1000,
        server: 0.002 + 0.0004 * random(),
        transfer: Math.max(0, pageTime - Number(cell.levels.rtt) / 1000 - 0.003),
        request: pageTime / 13,
        goodput: (8 * (20_000 + 12 * Number(cell.levels.object))) / pageTime,
      },
      ...(requests > 0 ? { histograms: { request: histogram(pageTime / 13, requests, random) } } : {}),
      ...(index < 2 ? { traces: [trace(Number(cell.levels.rtt) / 1000)] } : {}),
    };
  });
  return { manifest: manifestOf({ cells, rtts, rates, objectBytes, seed, repetitions, order, predictions }), runs };
}

function manifestOf(made: {
  cells: readonly Cell[];
  rtts: readonly number[];
  rates: readonly number[];
  objectBytes: readonly number[];
  seed: number;
  repetitions: number;
  order: readonly Cell[];
  predictions: Manifest["predictions"];
}): Manifest {
  const { cells, rtts, rates, objectBytes, seed, repetitions, order, predictions } = made;
  const [rtt, rate] = [rtts.at(-1) as number, rates.at(-1) as number];
  const where = { rate, object: objectBytes[0] as number };
  return {
    format: FORMAT,
    name: "synthetic",
    title: "When does HTTP/1.1 take longer than HTTP/1.0? (made-up data)",
    question: "Under what conditions does a page take longer over one HTTP/1.1 connection than over HTTP/1.0?",
    hypothesis: "Over long paths serial HTTP/1.1 is slower than HTTP/1.0 with four connections.",
    factors: [
      { name: "plan", label: "connection plan", unit: "", levels: PLANS },
      { name: "rtt", label: "round-trip time", unit: "ms", levels: rtts },
      { name: "rate", label: "rate", unit: "bit/s", levels: rates },
      { name: "object", label: "object size", unit: "bytes", levels: objectBytes },
    ],
    quantities: [
      { name: "pageTime", label: "page time", unit: "s", better: "less" },
      { name: "connect", label: "connecting", unit: "s" },
      { name: "server", label: "server", unit: "s" },
      { name: "transfer", label: "transfer", unit: "s" },
      { name: "request", label: "request time", unit: "s", better: "less" },
      { name: "goodput", label: "goodput", unit: "bit/s", better: "more" },
    ],
    cells,
    repetitions: `${repetitions} complete blocks`,
    seed,
    order: order.map(({ id }) => id),
    predictions,
    effects: [
      { quantity: "pageTime", factor: "plan", level: "1.1-serial", against: "1.0-parallel" },
      { quantity: "pageTime", factor: "plan", level: "1.1-pipelined", against: "1.1-serial" },
    ],
    plots: [
      {
        kind: "factor",
        title: "Page time by round-trip time",
        quantities: ["pageTime"],
        x: "rtt",
        series: "plan",
        panel: "rate",
        where: { object: objectBytes.at(-1) as number },
        logarithmic: ["x", "y"],
      },
      {
        kind: "phases",
        title: "Where the time goes",
        quantities: ["connect", "server", "transfer"],
        x: "plan",
        panel: "rtt",
        where,
      },
      {
        kind: "cdf",
        title: "Times of single requests",
        quantities: ["request"],
        series: "plan",
        where: { rtt, rate: where.rate, object: where.object },
        logarithmic: ["x"],
      },
      {
        kind: "load",
        title: "Goodput by rate",
        quantities: ["goodput"],
        x: "rate",
        series: "plan",
        where: { rtt, object: where.object },
      },
      { kind: "trace", title: "Congestion window over time", quantities: [] },
    ],
    conclusions: conclusionsAt(rtt, where),
    environment: {
      facts: { rttlab: "0.1.0", kernel: "6.18.5", processor: "made up", backend: "User-Mode Linux 6.12.113" },
      generator: "rttlab loadgen, closed loop, one user",
      topology: {
        networks: ["site-a", "servers", "site-b"],
        hosts: [
          { name: "load-a", role: "loadgen", on: "site-a" },
          { name: "server", role: "server", on: "servers" },
          { name: "load-b", role: "loadgen", on: "site-b" },
        ],
        links: [
          { name: "wan-a", between: ["site-a", "servers"], settings: "rtt, rate: as the factors; queue 100 packets" },
          { name: "wan-b", between: ["servers", "site-b"], settings: "rtt 20 ms, 50 Mbit/s" },
        ],
      },
    },
    threats: ["Everything here is made up by a program: it shows what a report looks like, and nothing of networks."],
    saturationRule:
      "a processor busy for more than 90 % of a run's window, or a link that carried more than 95 % of its rate",
    command: "npm run bench study demo",
    startedAt: new Date(START).toISOString(),
  };
}

function conclusionsAt(rtt: number, where: { rate: number; object: number }): Conclusion[] {
  const cells = {
    serial: { plan: "1.1-serial", rtt, ...where },
    four: { plan: "1.0-parallel", rtt, ...where },
    serials: { plan: "1.1-serial", object: where.object },
    pipelined: { plan: "1.1-pipelined", object: where.object },
  };
  return [
    {
      isAnswer: true,
      cells,
      say: "At {level(rtt, serial)} and {level(rate, serial)} a page over one HTTP/1.1 connection takes {ratio(pageTime, serial, four)} times as long as over HTTP/1.0 with four.",
      when: "ratio(pageTime, serial, four) > 1",
    },
    {
      isAnswer: true,
      cells,
      say: "Pipelining takes the advantage back: {ratio(pageTime, pipelined, serials)} of the serial time over all paths, and never more than {largestRatio(pageTime, pipelined, serials) | plain}.",
      when: "largestRatio(pageTime, pipelined, serials) < 1",
    },
    {
      say: "Where its assumptions hold ({inDomain(page, all)} cells) the model errs by at most {largestError(page, all) | percent}.",
      when: "largestError(page, all) < 0.3",
    },
    {
      cells,
      say: "Serial HTTP/1.1 is faster than four connections at {level(rtt, serial)}.",
      when: "ratio(pageTime, serial, four) < 1",
    },
  ];
}

function histogram(seconds: number, requests: number, random: () => number): string {
  const made = build({ highestTrackableValue: 60e6, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
  for (let request = 0; request < requests; request += 1) {
    made.recordValue(Math.round(1e6 * seconds * Math.exp(0.3 * normal(random))));
  }
  return encodeIntoCompressedBase64(made);
}

/** Slow start to a peak, a loss, then congestion avoidance, sampled each 20 ms. */
function trace(rtt: number): Trace {
  const seconds = Array.from({ length: 200 }, (_, step) => step * 0.02);
  const peakAt = rtt * 6;
  const cwndSegments = seconds.map((at) =>
    at < peakAt ? Math.min(10 * 2 ** Math.floor(at / rtt), 640) : 320 + Math.floor((at - peakAt - rtt) / rtt),
  );
  return {
    connection: "server to load-a",
    seconds,
    cwndSegments,
    ssthreshSegments: seconds.map((at) => (at < peakAt ? null : 320)),
    retransmissions: seconds.map((at) => (at < peakAt ? 0 : 40)),
    queuePackets: seconds.map((at) => (at < peakAt ? Math.max(0, at * 40) : 30)),
    phases: [
      { name: "slow start", fromSeconds: 0, toSeconds: peakAt },
      { name: "recovery", fromSeconds: peakAt, toSeconds: peakAt + rtt },
      { name: "congestion avoidance", fromSeconds: peakAt + rtt, toSeconds: 4 },
    ],
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  return items.map(() => left.splice(Math.floor(random() * left.length), 1)[0] as T);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
