// `npm run bench rudp-mechanisms`: the gain of each mechanism of RUDP, in a simulated network in
// virtual time, for the table in docs/rudp-reference.md. Nothing depends on this machine's speed:
// the same seeds give the same numbers everywhere.

import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { CLEAR_PATH, type PathSettings } from "../services/rudp/lab/simulation/path.ts";
import { runTransfer } from "../services/rudp/lab/simulation/transfer.ts";
import type { ConnectionOptions } from "../services/rudp/protocol/connection/connection.ts";

/** 50 Mbit/s, 100 ms round trip, a queue of one bandwidth-delay product of full datagrams. */
const HALF: PathSettings = { ...CLEAR_PATH, delayMillis: 50, rateBitsPerSecond: 50e6, queueDatagrams: 590 };
const BASE: Partial<ConnectionOptions> = { sendQueueSegments: 4096, receiveQueueSegments: 4096 };

const VARIANTS: readonly (readonly [name: string, options: Partial<ConnectionOptions>])[] = [
  ["newreno, everything on", {}],
  ["cubic", { controller: "cubic" }],
  ["tahoe", { controller: "tahoe" }],
  ["slow-start-only", { controller: "slow-start-only" }],
  ["fixed, 600 segments", { controller: "fixed", fixedWindowSegments: 600 }],
  ["without fast retransmit", { fastRetransmit: false }],
  ["without fast recovery", { fastRecovery: false }],
  ["without SACK", { sack: false }],
  ["reno without SACK", { controller: "reno", sack: false }],
  ["without rate reduction", { rateReduction: false }],
  ["without noticing lost copies", { lostCopies: false }],
  ["without limited transmit", { limitedTransmit: false }],
  ["without adapting to reordering", { adaptToReordering: false }],
  ["without byte counting", { byteCountingLimit: 0 }],
  ["initial window 1", { initialWindowSegments: 1 }],
  ["minimum RTO 1 s", { minimumRtoMillis: 1000 }],
  ["no margin above SRTT", { minimumMarginMillis: 1 }],
  ["without time stamps", { timestamps: false }],
  ["no delayed acknowledgements", { delayedAckMillis: 0 }],
  ["pacing", { pacing: true }],
];

interface Column {
  title: string;
  bytes: number;
  seeds: number;
  forward: Partial<PathSettings>;
  /** The shown part of the runs. */
  show: (runs: { millis: number; bitsPerSecond: number }[]) => string;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;
const medianRate = (runs: { bitsPerSecond: number }[]) =>
  (median(runs.map(({ bitsPerSecond }) => bitsPerSecond)) / 1e6).toFixed(1);
const meanTime = (runs: { millis: number }[]) =>
  (runs.reduce((sum, { millis }) => sum + millis, 0) / runs.length).toFixed(0);

const COLUMNS: readonly Column[] = [
  { title: "20 MB, Mbit/s", bytes: 20e6, seeds: 1, forward: {}, show: medianRate },
  { title: "20 MB, 0.1 % loss, Mbit/s", bytes: 20e6, seeds: 15, forward: { lossRatio: 0.001 }, show: medianRate },
  { title: "5 MB, 1 % loss, Mbit/s", bytes: 5e6, seeds: 15, forward: { lossRatio: 0.01 }, show: medianRate },
  { title: "20 MB, 5 ms jitter, Mbit/s", bytes: 20e6, seeds: 1, forward: { jitterMillis: 5 }, show: medianRate },
  { title: "100 kB, 3 % loss, ms", bytes: 100e3, seeds: 200, forward: { lossRatio: 0.03 }, show: meanTime },
];

await runProgram(async () => {
  const heads = ["variant", ...COLUMNS.map(({ title }) => title)];
  await print(`| ${heads.join(" | ")} |\n|${heads.map((_, i) => (i === 0 ? "---" : "---:")).join("|")}|\n`);
  for (const [name, options] of VARIANTS) {
    const cells = COLUMNS.map(({ bytes, seeds, forward, show }) =>
      show(
        Array.from({ length: seeds }, (_, seed) =>
          runTransfer({
            seed: seed + 1,
            bytes,
            options: { ...BASE, ...options },
            forward: { ...HALF, ...forward },
            backward: HALF,
          }),
        ),
      ),
    );
    await print(`| ${[name, ...cells].join(" | ")} |\n`);
  }
  return EXIT.done;
});
