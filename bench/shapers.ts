// `npm run bench shapers`: the rate that a link really sends at, by its queue and its rate, as a
// share of what it is set to: netem's own rate under drop-tail, a token bucket above an AQM. A
// flood of UDP offers more than the rate; the hosts' interfaces say what was offered and what
// arrived, by the machine's clock, for a guest that is busy answers late. The wanted tolerance is
// 2 %. Words choose rates: `npm run bench shapers 1mbit 50mbit`.

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
/** With less than that the queue may not have stood. */
const ENOUGH = 1.05;
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
      const { offered, arrived } = await shares(rig, rate, queue);
      rows.push([rate, queue, offered.toFixed(2), arrived.toFixed(4), verdictOf(offered, arrived)]);
    }
  }
  const heads = ["rate", "queue", "offered", "arrived", ""];
  const table = columns([heads, ...rows], { left: 2, indent: "  " });
  await print(`shares of the rate asked, over ${SECONDS} s each:\n${table}\n`);
  return EXIT.done;
}

function verdictOf(offered: number, arrived: number): string {
  if (offered < ENOUGH) return "unjudged: the sender had no time for more";
  return Math.abs(arrived - 1) <= TOLERANCE ? "" : `outside ${TOLERANCE * 100} %`;
}

/** Offered and arrived traffic, as shares of the rate. */
async function shares(rig: Rig, rate: string, queue: string): Promise<{ offered: number; arrived: number }> {
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
  const [offered, arrived] = await Promise.all([
    bitsPerSecondAt(rig, "a", "tx_bytes"),
    bitsPerSecondAt(rig, "b", "rx_bytes"),
  ]);
  await flood.catch(() => {}); // its farewell may be lost in the full queue
  return { offered: offered / bitsPerSecond, arrived: arrived / bitsPerSecond };
}

/** Of a host's interface. */
async function bitsPerSecondAt(rig: Rig, end: "a" | "b", counter: "tx_bytes" | "rx_bytes"): Promise<number> {
  const read = `date +%s%N; cat /sys/class/net/eth0/statistics/${counter}`;
  const printed = await rig.at(end, "sh", "-c", `${read}; sleep ${SECONDS}; ${read}`);
  const [began, before, ended, after] = printed.trim().split("\n").map(Number) as [number, number, number, number];
  return (8 * (after - before)) / ((ended - began) / 1e9);
}
