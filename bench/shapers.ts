// `npm run bench shapers`: the rate that a link really sends at, by its queue and its rate, as a
// share of what it is set to: netem's own rate under drop-tail, a token bucket above an AQM. A
// flood of UDP offers more than the rate; the link's own counters say what left between two
// moments. The wanted tolerance is 2 %. Words choose rates: `npm run bench shapers 1mbit 50mbit`.

import { setTimeout as delay } from "node:timers/promises";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { FIELDS } from "../lib/link/direction.ts";
import { print, runProgram } from "../lib/program.ts";
import { type Rig, startRig } from "../tests/docker/link-rig.ts";
import { both, startIperfServer } from "../tests/docker/link-rig-use.ts";
import { changeSettings } from "../topology/model/set.ts";

const RATES = ["1mbit", "10mbit", "50mbit", "100mbit"];
const QUEUES = ["100packets", "codel", "fq_codel", "pie", "red", "cake", "fq"];
const TOLERANCE = 0.02;
const OFFERED = 1.15;
/** Until the queue stands. */
const BEFORE_MILLIS = 1500;
const SECONDS = 4;

await runProgram(() => main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const rates = words.length > 0 ? words : RATES;
  await using rig = await startRig("uml", both({ delayMillis: 1 }));
  const rows: string[][] = [];
  for (const rate of rates) {
    for (const queue of QUEUES) {
      const ratio = await sentRatio(rig, rate, queue);
      const verdict = Math.abs(ratio - 1) <= TOLERANCE ? "" : `outside ${TOLERANCE * 100} %`;
      rows.push([rate, queue, ratio.toFixed(4), verdict]);
    }
  }
  await print(`rate sent, by the rate asked, over ${SECONDS} s each:\n${columns(rows, { left: 2, indent: "  " })}\n`);
  return EXIT.done;
}

async function sentRatio(rig: Rig, rate: string, queue: string): Promise<number> {
  const settings = changeSettings("link", both({ delayMillis: 1 }), [`rate=${rate}`, `queue=${queue}`], "uml");
  await rig.request("link.set", { settings });
  await startIperfServer(rig);
  const bitsPerSecond = FIELDS.rateBitsPerSecond.parse(rate) ?? Number.NaN;
  const flood = rig.at(
    "a",
    ...["iperf3", "--client", rig.ends.b, "--udp", "--bitrate", String(Math.round(OFFERED * bitsPerSecond))],
    ...["--time", String(SECONDS + 3), "--length", "1400"],
  );
  await delay(BEFORE_MILLIS);
  const first = await sentBytes(rig);
  await delay(SECONDS * 1000);
  const last = await sentBytes(rig);
  await flood.catch(() => {}); // its farewell may be lost in the full queue
  return (8 * (last.bytes - first.bytes)) / ((last.atMillis - first.atMillis) / 1000) / bitsPerSecond;
}

/** The time is the middle of the request. */
async function sentBytes(rig: Rig): Promise<{ bytes: number; atMillis: number }> {
  const askedMillis = performance.now();
  const { forward } = await rig.request("link.counters", {});
  return { bytes: forward.sent.bytes, atMillis: (askedMillis + performance.now()) / 2 };
}
