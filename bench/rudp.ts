// `npm run bench rudp [row …] [case …] [rounds=N] [seed=N] [testbed=NAME] [keep]`: RUDP beside the
// kernel's TCP of the same congestion family, on the same link in alternating rounds. Both have
// SACK, a minimum RTO of 200 ms and segments of 1000 bytes; a second column has TCP's own segment
// size. The output has medians with their spread, and the median of the rounds' ratios beside the
// wanted floors. Random losses are the same in all of a round (the link's seed is the round's),
// because luck in slow start outweighs everything else. Without words all rows run; a word such as
// `1%` or `cubic` selects cases of the rows that it belongs to. Rows at 10 Mbit/s or less hardly
// depend on the machine; the others need it quiet.

import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { ratioOfPairs } from "./measure/ratio.ts";
import { alternate, type Contender, type Outcome } from "./measure/rounds.ts";
import { loopback } from "./measure/rudp-loopback.ts";
import { bringUpPath, type Family, type Path } from "./measure/rudp-path.ts";
import { reordering } from "./measure/rudp-reordering.ts";
import { benchRudp, overRudp, overTcp, overUdx, type Transfer } from "./measure/rudp-transfers.ts";

/** The largest segment that leaves 1000 bytes for data beside timestamps, as iperf3's -M 1012. */
const SEGMENT_BYTES = 1012;
const RTT_MILLIS = 100;

interface Case {
  row: string;
  words: readonly string[];
  title: string;
  /** Settings of the link; null without a link. */
  link: readonly string[] | null;
  rounds: number;
  measure: (path: Path, rounds: number) => Promise<string[]>;
}

const WAN = ["rtt=100ms", "rate=50mbit", "queue=1bdp"];

const CASES: readonly Case[] = [
  ...(["reno", "cubic"] as const).map((family) =>
    goodputCase("plain", [family], "50 Mbit/s, 100 ms", [...WAN, "loss=0%"], family, 20e6, 5, 0.97),
  ),
  ...(["0.1%", "1%"] as const).flatMap((loss) =>
    (["reno", "cubic"] as const).map((family) => {
      const [bytes, title] = [loss === "1%" ? 5e6 : 20e6, `50 Mbit/s, 100 ms, ${loss} lost`];
      return goodputCase("loss", [loss, family], title, [...WAN, `loss=${loss}`], family, bytes, 15, 0.95);
    }),
  ),
  ...(["reno", "cubic"] as const).map((family) => {
    const link = ["rtt=600ms", "rate=10mbit", "queue=1bdp", "loss=0%"];
    return goodputCase("satellite", [family], "10 Mbit/s, 600 ms", link, family, 20e6, 5, 0.95);
  }),
  ...[10, 100, 1000].map((kilobytes) => shortCase(kilobytes)),
  {
    row: "fairness",
    words: [],
    rounds: 5,
    link: ["rtt=40ms", "rate=10mbit", "queue=1bdp", "loss=0%"],
    title: "one RUDP newreno and one TCP reno at once, 10 Mbit/s, 40 ms, 60 s; RUDP / TCP 0.7 to 1.4 wanted",
    measure: fairness,
  },
  ...["0%", "1%"].map((loss) => udxCase(loss)),
  {
    row: "reordering",
    words: [],
    title: "simulated",
    link: null,
    rounds: 15,
    measure: (_, rounds) => reordering(rounds),
  },
  { row: "loopback", words: [], title: "", link: null, rounds: 5, measure: (_, rounds) => loopback(rounds) },
];

async function main(words: readonly string[]): Promise<number> {
  const { rounds, testbed } = optionsOf(words);
  const chosen = choose(words.filter((word) => word !== "keep" && !isOption(word)));
  const needsPath = chosen.some(({ link }) => link !== null);
  await using path = needsPath ? await bringUpPath(testbed ?? "bench-rudp", words.includes("keep")) : null;
  for (const { title, link, rounds: usual, measure } of chosen) {
    if (link !== null) await path?.set(...link);
    const lines = await measure(path as Path, rounds ?? usual);
    await print(`${[title, ...lines].filter(Boolean).join("\n")}\n\n`);
  }
  return EXIT.done;
}

interface Options {
  rounds: number | null;
  /** Of the first round. */
  seed: number;
  testbed: string | null;
}

function isOption(word: string): boolean {
  return /^(rounds|seed|testbed)=/.test(word);
}

function optionsOf(words: readonly string[]): Options {
  const option = (name: string) => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const number = (name: string) => {
    const given = option(name);
    if (given !== null && !/^[1-9]\d*$/.test(given))
      throw new Error(`bench rudp ${name}=${given}: a whole number from 1 on is wanted`);
    return given === null ? null : Number(given);
  };
  return { rounds: number("rounds"), seed: number("seed") ?? 1, testbed: option("testbed") };
}

function choose(words: readonly string[]): Case[] {
  const rows = new Set(CASES.map(({ row }) => row));
  const [chosenRows, filters] = [words.filter((word) => rows.has(word)), words.filter((word) => !rows.has(word))];
  const chosen = CASES.filter(
    ({ row, words }) =>
      (chosenRows.length === 0 || chosenRows.includes(row)) && filters.every((word) => words.includes(word)),
  );
  if (chosen.length > 0) return chosen;
  const known = CASES.map(({ row, words }) => [row, ...words].join(" ")).join(", ");
  throw new Error(`bench rudp ${words.join(" ")}: there is no such case; there are ${known}`);
}

function goodputCase(
  row: string,
  words: string[],
  title: string,
  link: string[],
  family: Family,
  bytes: number,
  usualRounds: number,
  floor: number,
): Case {
  const measure = async (path: Path, rounds: number) => {
    const tcp = (segmentBytes: number | null) => async (round: number) => {
      await sow(path, link, round);
      await path.useTcp(family, segmentBytes);
      return goodput(bytes, await overTcp(path, bytes));
    };
    const outcomes = await alternate(
      [
        rudpGoodput(path, link, family, bytes),
        { name: `TCP ${family}, 1000 bytes a segment`, measure: tcp(SEGMENT_BYTES) },
        { name: `TCP ${family}, its own segments`, measure: tcp(null) },
      ],
      rounds,
    );
    return ratioRows(outcomes, floor);
  };
  return { row, words, title: `${title}, ${bytes / 1e6} MB, ${family}`, link, rounds: usualRounds, measure };
}

function udxCase(loss: string): Case {
  const bytes = loss === "0%" ? 20e6 : 5e6;
  const link = [...WAN, `loss=${loss}`];
  return {
    row: "udx",
    words: [loss],
    link,
    rounds: 5,
    title: `50 Mbit/s, 100 ms, ${loss} lost, ${bytes / 1e6} MB, beside udx-native (reported, no floor)`,
    measure: async (path, rounds) => {
      await path.useTcp("reno", SEGMENT_BYTES);
      const over = (transfer: typeof overTcp) => async (round: number) => {
        await sow(path, link, round);
        return goodput(bytes, await transfer(path, bytes));
      };
      const outcomes = await alternate(
        [
          rudpGoodput(path, link, "reno", bytes),
          { name: "TCP reno, 1000 bytes a segment", measure: over(overTcp) },
          { name: "udx-native", measure: over(overUdx) },
        ],
        rounds,
      );
      return ratioRows(outcomes, null);
    },
  };
}

function shortCase(kilobytes: number): Case {
  const bytes = kilobytes * 1000;
  return {
    row: "short",
    words: [`${kilobytes}kB`],
    link: [...WAN, "loss=0%"],
    rounds: 9,
    title: `${kilobytes} kB at 50 Mbit/s and ${RTT_MILLIS} ms, cubic, from the first SYN until the sender knows that all is there`,
    measure: async (path, rounds) => {
      await path.useTcp("cubic", SEGMENT_BYTES);
      const outcomes = await alternate(
        [
          { name: "RUDP", measure: async () => (await overRudp(path, bytes, "controller=cubic")).elapsedSeconds },
          { name: "TCP", measure: async () => (await overTcp(path, bytes)).elapsedSeconds },
        ],
        rounds,
      );
      const [ours, theirs] = outcomes as [Outcome, Outcome];
      const more = (ours.median - theirs.median) * 1000;
      const rows = outcomes.map(({ name, median, min, max }) => {
        return [name, `${seconds(median)} (${seconds(min)} to ${seconds(max)})`];
      });
      return [
        columns(rows, { indent: "  " }),
        `  RUDP takes ${more.toFixed(0)} ms more (at most one RTT, ${RTT_MILLIS}, wanted)`,
      ];
    },
  };
}

/**
 * Both run for a minute. RUDP's trace shows its progress by then, because its queued data goes on
 * after.
 */
async function fairness(path: Path, rounds: number): Promise<string[]> {
  await path.useTcp("reno", null);
  const rows: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const iperf = await startIperf(path);
    const file = `/tmp/trace-${round}`;
    const [, tcp] = await Promise.all([
      benchRudp(path, "seconds=60", "controller=newreno", `trace=${file}`),
      iperf("reno", "-t", "60", "-M", String(SEGMENT_BYTES)),
    ]);
    const trace = (await path.at("rudp-a", "cat", file)).trim().split("\n");
    const acks = trace.map((line) => JSON.parse(line) as { atMillis: number; acknowledgedSegments: number });
    const last = acks.findLast(({ atMillis }) => atMillis <= 60_000);
    const rudp = ((last?.acknowledgedSegments ?? 0) * 8000) / 60;
    rows.push(`  RUDP ${mbit(rudp)}, TCP ${mbit(tcp)}: ${(rudp / tcp).toFixed(2)}`);
    process.stderr.write(`${rows.at(-1)}\n`);
  }
  return rows;
}

/**
 * Starts iperf3's server for one test and returns a function that runs the client: it returns the
 * receiver's bits per second, and throws if TCP did not use the requested congestion control.
 */
async function startIperf(path: Path): Promise<(family: Family, ...words: string[]) => Promise<number>> {
  const server = path.at("rudp-sink", "iperf3", "--server", "--one-off");
  server.catch(() => {}); // awaited with the client
  await path.at("rudp-sink", "sh", "-c", "until ss -Hltn sport = :5201 | grep -q .; do sleep 0.1; done");
  return async (family, ...words) => {
    const client = path.at("rudp-a", "iperf3", "--client", "rudp-sink", "--json", ...words);
    const { end, error } = JSON.parse((await Promise.all([client, server]))[0]);
    // With --json its exit status does not report a failed test.
    if (error !== undefined) throw new Error(`iperf3: ${error}`);
    if (end.sender_tcp_congestion !== family) throw new Error(`TCP used ${end.sender_tcp_congestion}, not ${family}`);
    return end.sum_received.bits_per_second;
  };
}

function rudpGoodput(path: Path, link: readonly string[], family: Family, bytes: number): Contender {
  const controller = family === "reno" ? "newreno" : family;
  const measure = async (round: number) => {
    await sow(path, link, round);
    return goodput(bytes, await overRudp(path, bytes, `controller=${controller}`));
  };
  return { name: `RUDP ${controller}`, measure };
}

/** Gives a link with random loss the seed of the round. */
async function sow(path: Path, link: readonly string[], round: number): Promise<void> {
  if (link.includes("loss=0%")) return;
  await path.set(`seed=${optionsOf(process.argv.slice(2)).seed + round}`);
}

/** Bits per second from the open connection until the sender knew that everything had arrived. */
function goodput(bytes: number, { elapsedSeconds, connectSeconds }: Transfer): number {
  return (bytes * 8) / (elapsedSeconds - connectSeconds);
}

function ratioRows([own, ...others]: Outcome[], floor: number | null): string[] {
  const row = ({ name, median, min, max }: Outcome, ratio: string) => {
    return [name, `${mbit(median)} (${mbit(min)} to ${mbit(max)})`, ratio];
  };
  const beside = others.map((other, index) => {
    const { ratio, low, high } = ratioOfPairs(own?.values ?? [], other.values);
    const wanted = floor !== null && index === 0 ? `, at least ${floor} wanted` : "";
    return row(other, `RUDP / this: ${ratio.toFixed(3)} (90 %: ${low.toFixed(3)} to ${high.toFixed(3)})${wanted}`);
  });
  return [columns([row(own as Outcome, ""), ...beside], { indent: "  " })];
}

function mbit(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`;
}

function seconds(value: number): string {
  return `${value.toFixed(3)} s`;
}

await runProgram(() => main(process.argv.slice(2)));
