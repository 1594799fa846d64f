// CAKE (Høiland-Jørgensen, Täht, Morton 2018): fair queueing by host and flow with an AQM of
// CoDel's kind and BLUE, which marks instead of dropping wherever a flow is capable of ECN. Its own
// shaper is 8 % slow in a guest above 10 Mbit/s (docs/link.md), so it stands below a token bucket.

import { FRAME_BYTES, type QueueKind } from "./kind.ts";
import { belowTokenBucket } from "./token-bucket.ts";

interface Cake {
  kind: "cake";
}

/** Its default, for paths of the internet; the AQM's target is a twentieth. */
const RTT_MICROS = 100_000;
const TARGET_RATIO = 20;
const MEMORY_BYTES = 16 * 1024 ** 2;

export const cake: QueueKind<Cake> = {
  kind: "cake",
  range: "cake, which marks where it can",
  pattern: "^cake$",
  modules: ["sch_tbf", "sch_cake"],
  parse: (text) => (text.trim() === "cake" ? { kind: "cake" } : undefined),
  format: () => "cake",
  packets: () => Math.floor(MEMORY_BYTES / FRAME_BYTES),
  standing: () => ({ targetMillis: RTT_MICROS / 1000 / TARGET_RATIO, isFair: true }),
  qdisc: (_queue, rateBitsPerSecond) =>
    belowTokenBucket(rateBitsPerSecond, {
      kind: "cake",
      words: ["unlimited", "besteffort", "triple-isolate", "rtt", `${RTT_MICROS}us`, "memlimit", `${MEMORY_BYTES}`],
      report: {
        bandwidth: "unlimited",
        diffserv: "besteffort",
        flowmode: "triple-isolate",
        "ack-filter": "disabled",
        split_gso: true,
        rtt: RTT_MICROS,
        raw: true,
        memlimit: MEMORY_BYTES,
      },
    }),
};
