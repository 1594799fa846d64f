// `npm run bench rudp [row …]`: RUDP beside the kernel's TCP of the same congestion family on the same link in alternating rounds, SACK and a
// minimum RTO of 200 ms on both, 1000 bytes a segment on both (iperf3 -M 1012), TCP's own segment size in a second column. Ratios of
// medians with their spread, beside the issue's floors. Rows: plain loss satellite short fairness loopback; all when none is named.
// Needs a machine with nothing else running.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { alternate, type Contender, type Outcome } from "./measure/rounds.ts";
import { bringUpPath, type Family, type Path } from "./measure/rudp-path.ts";

const ROUNDS = 5;
const TARGET = "rudp-sink:4000";
/** What the line of JSON before a transfer's bytes takes at most: it is part of what has to come through. */
const LINE_BYTES = 100;
const SEGMENT_OF_1000 = ["-M", "1012"];

interface RudpResult {
  elapsedSeconds: number;
  connectSeconds: number;
  goodputBitsPerSecond: number;
  sentBytes: number;
  cpuSecondsPerGigabyte: number;
  peerCpuSecondsPerGigabyte: number | null;
}

type Row = (path: Path) => Promise<string[]>;

const ROWS: Record<string, Row> = {
  plain: async (path) => {
    await path.set("rtt=100ms", "rate=50mbit", "queue=1bdp", "loss=0%");
    return [
      ...(await goodput(path, "50 Mbit/s, 100 ms, 20 MB", "reno", "bytes=20MB", ["-n", "20M"], 0.97)),
      ...(await goodput(path, "50 Mbit/s, 100 ms, 20 MB", "cubic", "bytes=20MB", ["-n", "20M"], 0.97)),
    ];
  },
  loss: async (path) => {
    const rows: string[] = [];
    for (const loss of ["0.1%", "1%"]) {
      await path.set("rtt=100ms", "rate=50mbit", "queue=1bdp", `loss=${loss}`);
      for (const family of ["reno", "cubic"] as const) {
        const name = `50 Mbit/s, 100 ms, ${loss} lost, 30 s`;
        rows.push(...(await goodput(path, name, family, "seconds=30", ["-t", "30"], 0.95)));
      }
    }
    return rows;
  },
  satellite: async (path) => {
    await path.set("rtt=600ms", "rate=10mbit", "queue=1bdp", "loss=0%");
    return goodput(path, "10 Mbit/s, 600 ms, 20 MB", "reno", "bytes=20MB", ["-n", "20M"], 0.95);
  },
  short: async (path) => {
    await path.set("rtt=100ms", "rate=50mbit", "queue=1bdp", "loss=0%");
    await path.useCongestionControl("cubic");
    const rows: string[] = [];
    for (const bytes of [10_000, 100_000, 1_000_000]) {
      const name = `${bytes / 1000} kB at 100 ms, from the first SYN to the report`;
      const rudp = async () =>
        (await rudpBench(path, `bytes=${bytes - LINE_BYTES}`, "controller=cubic")).elapsedSeconds;
      const outcomes = await alternate(
        [contender("RUDP", rudp), contender("TCP", () => tcpCompletion(path, bytes))],
        ROUNDS,
      );
      rows.push(...completionRows(name, outcomes));
    }
    return rows;
  },
  fairness: async (path) => {
    await path.set("rtt=40ms", "rate=10mbit", "queue=1bdp", "loss=0%");
    await path.useCongestionControl("reno");
    const rows: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const [rudp, tcp] = await Promise.all([
        rudpBench(path, "seconds=60", "controller=newreno"),
        iperf(path, ["-t", "60", ...SEGMENT_OF_1000], "reno"),
      ]);
      const share = rudp.goodputBitsPerSecond / tcp;
      rows.push(`  RUDP ${mbit(rudp.goodputBitsPerSecond)}, TCP ${mbit(tcp)}: ${share.toFixed(2)} (0.7 to 1.4)`);
    }
    return ["one RUDP newreno and one TCP reno at once, 10 Mbit/s, 40 ms, 60 s:", ...rows];
  },
};

async function main(chosen: readonly string[]): Promise<void> {
  if (chosen.includes("loopback")) print(await loopback());
  const onLinks = chosen.filter((word) => word !== "loopback");
  if (onLinks.length === 0) return;
  await using path = await bringUpPath();
  await path.at("rudp-sink", "iperf3", "--server", "--daemon");
  for (const word of onLinks) print(await (ROWS[word] as Row)(path));
}

async function goodput(path: Path, name: string, family: Family, amount: string, iperfWords: string[], floor: number) {
  await path.useCongestionControl(family);
  const controller = family === "reno" ? "newreno" : family;
  const rudp = async () => {
    const { sentBytes, elapsedSeconds, connectSeconds } = await rudpBench(path, amount, `controller=${controller}`);
    // As iperf3 counts: from the open connection on.
    return (sentBytes * 8) / (elapsedSeconds - connectSeconds);
  };
  const outcomes = await alternate(
    [
      contender(`RUDP ${controller}`, rudp),
      contender(`TCP ${family}, 1000 bytes a segment`, () => iperf(path, [...iperfWords, ...SEGMENT_OF_1000], family)),
      contender(`TCP ${family}, its own segments`, () => iperf(path, iperfWords, family)),
    ],
    ROUNDS,
  );
  const own = outcomes[0]?.median ?? Number.NaN;
  const rows = outcomes.map(
    ({ name: who, median, min, max }, index) =>
      `  ${who.padEnd(34)} ${mbit(median)} (${mbit(min)} to ${mbit(max)})  RUDP / this: ${(own / median).toFixed(3)}${index === 1 ? ` (floor ${floor})` : ""}`,
  );
  return [`${name}, ${family}:`, ...rows];
}

/** Unimpaired, two processes on this machine: what the program itself can do, and what it costs. */
async function loopback(): Promise<string[]> {
  const results: RudpResult[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "services/rudp/main.ts",
      "bench",
      "json",
      "bytes=500MB",
    ]);
    results.push(JSON.parse(stdout));
  }
  const rows = results.map(
    ({ goodputBitsPerSecond, cpuSecondsPerGigabyte, peerCpuSecondsPerGigabyte }) =>
      `  ${mbit(goodputBitsPerSecond)}, CPU seconds per GB: ${cpuSecondsPerGigabyte.toFixed(2)} sending, ${peerCpuSecondsPerGigabyte?.toFixed(2)} receiving`,
  );
  return ["loopback, one connection, two processes, 500 MB of 1000-byte segments (aim 500 Mbit/s):", ...rows];
}

async function rudpBench(path: Path, ...words: string[]): Promise<RudpResult> {
  return JSON.parse(await path.at("rudp-a", "rudp", "bench", TARGET, "json", ...words));
}

/** Bits per second that the receiver saw. Throws when TCP did not use the congestion control that was asked for. */
async function iperf(path: Path, words: string[], family: Family): Promise<number> {
  const { end } = JSON.parse(await path.at("rudp-a", "iperf3", "--client", "rudp-sink", "--json", ...words));
  if (end.sender_tcp_congestion !== family) throw new Error(`TCP used ${end.sender_tcp_congestion}, not ${family}`);
  return end.sum_received.bits_per_second;
}

const TCP_SERVER = `const server = require("node:net").createServer({ allowHalfOpen: true }, (socket) => {
  socket.resume().on("end", () => { socket.end("1"); server.close(); });
}).listen(4300);`;

/** Until the server listens it is tried again; the time is of the try that came through. */
const TCP_CLIENT = `const attempt = () => {
  const began = performance.now();
  const socket = require("node:net").connect({ port: 4300, host: "rudp-sink", allowHalfOpen: true });
  socket.on("error", () => setTimeout(attempt, 50));
  socket.on("connect", () => socket.end(Buffer.alloc(BYTES)));
  socket.on("data", () => { console.log((performance.now() - began) / 1000); socket.destroy(); });
};
attempt();`;

/** A transfer as RUDP's own: connect, send, end; the answer is one byte when all is there. Seconds at the client. */
async function tcpCompletion(path: Path, bytes: number): Promise<number> {
  const server = path.at("rudp-sink", "timeout", "60", "node", "-e", TCP_SERVER);
  const client = TCP_CLIENT.replace("BYTES", String(bytes));
  const seconds = Number(await path.at("rudp-a", "node", "-e", client));
  await server;
  return seconds;
}

function completionRows(name: string, [rudp, tcp]: Outcome[]): string[] {
  const [ours, theirs] = [rudp?.median ?? Number.NaN, tcp?.median ?? Number.NaN];
  const difference = `${((ours - theirs) * 1000).toFixed(0)} ms more than TCP (at most one RTT, 100)`;
  return [`${name}: RUDP ${ours.toFixed(3)} s, TCP ${theirs.toFixed(3)} s, ${difference}`];
}

function contender(name: string, measure: () => Promise<number>): Contender {
  return { name, measure };
}

function mbit(bitsPerSecond: number): string {
  return `${(bitsPerSecond / 1e6).toFixed(2)} Mbit/s`;
}

function print(rows: string[]): void {
  process.stdout.write(`${rows.join("\n")}\n\n`);
}

const words = process.argv.slice(2);
const chosen = words.length === 0 ? [...Object.keys(ROWS), "loopback"] : words;
const unknown = chosen.filter((word) => word !== "loopback" && !Object.hasOwn(ROWS, word));
if (unknown.length > 0) {
  process.stderr.write(
    `bench rudp: no row ${unknown.join(", ")}; there are ${Object.keys(ROWS).join(", ")}, loopback\n`,
  );
  process.exitCode = 2;
} else await main(chosen);
