// A simulated path that reorders. The comparison is RUDP with itself on the same path without
// jitter, because the kernel's TCP does not run in virtual time: a transport that took reordering
// for loss would fall behind, as TCP did before RACK and adaptation. Segments leave a bottleneck
// 170 µs apart and each is late by up to 5 ms, so up to 29 overtake one.

import { CLEAR_PATH } from "../../services/rudp/lab/simulation/path.ts";
import { runTransfer } from "../../services/rudp/lab/simulation/transfer.ts";
import { ratioOfPairs } from "./ratio.ts";

const HALF = { ...CLEAR_PATH, delayMillis: 50, rateBitsPerSecond: 50e6, queueDatagrams: 590 };

export async function reordering(rounds: number): Promise<string[]> {
  return (["newreno", "cubic"] as const).map((controller) => {
    const rates = (jitterMillis: number) =>
      Array.from({ length: rounds }, (_, seed) => {
        const forward = { ...HALF, jitterMillis };
        const options = { controller, sendQueueSegments: 4096, receiveQueueSegments: 4096 };
        return runTransfer({ seed: seed + 1, bytes: 20e6, forward, backward: HALF, options }).bitsPerSecond;
      });
    const { ratio, low, high } = ratioOfPairs(rates(5), rates(0));
    return `  ${controller}, 20 MB at 50 Mbit/s and 100 ms: with 5 ms of jitter / without: ${ratio.toFixed(3)} (90 %: ${low.toFixed(3)} to ${high.toFixed(3)})`;
  });
}
