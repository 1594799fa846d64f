// `npm run bench sharing`: how evenly the ways of sharing a listening socket share. `prethread` and
// `prefork` have one socket on which all workers block in accept; `event-multi` has a socket for
// each loop (SO_REUSEPORT). Clients open one connection after another to four workers, whose own
// counters say how many each got.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { scalar } from "../services/server/accounting/counters.ts";
import { startServer } from "../services/server/cases/loopback-server.ts";
import { exchange } from "../services/server/cases/raw-client.ts";
import { STRUCTURES, type StructureName } from "../services/server/structures/table.ts";
import { median } from "./measure/rounds.ts";

const SHARING = ["prethread", "prefork", "event-multi"] as const satisfies StructureName[];
const WORKERS = 4;
const ROUNDS = 5;
const LOADS = [
  { connections: 400, clients: 1 },
  { connections: 400, clients: 8 },
  { connections: 16, clients: 1 },
] as const;
const GET = "GET /page HTTP/1.0\r\n\r\n";

await runProgram(main);

async function main(): Promise<number> {
  const root = await mkdtemp(join(tmpdir(), "rttlab-sharing-"));
  await writeFile(join(root, "page"), "the page");
  try {
    for (const load of LOADS) await print(`${await compare(root, load)}\n`);
  } finally {
    await rm(root, { recursive: true });
  }
  return EXIT.done;
}

async function compare(root: string, load: (typeof LOADS)[number]): Promise<string> {
  const rounds = new Map<StructureName, number[][]>(SHARING.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const name of SHARING) rounds.get(name)?.push(await shares(root, name, load));
  const rows = [...rounds].map(([name, all]) => [name, spread(all.map(least)), spread(all.map(most))]);
  const title = `${load.connections} connections to ${WORKERS} workers, ${load.clients} at a time: the fewest and the most of one worker`;
  return `${title}, medians of ${ROUNDS} rounds\n${columns(rows, { indent: "  " })}`;
}

/** How many connections each worker got. */
async function shares(root: string, name: StructureName, { connections, clients }: (typeof LOADS)[number]) {
  await using server = await startServer(STRUCTURES[name], root, { workers: WORKERS });
  let left = connections;
  const client = async () => {
    while (left-- > 0) await exchange(server.port, GET);
  };
  await Promise.all(Array.from({ length: clients }, client));
  return server.threads.map((worker) => scalar([worker], "acceptedConnections"));
}

const least = (counts: readonly number[]) => Math.min(...counts);
const most = (counts: readonly number[]) => Math.max(...counts);

function spread(values: readonly number[]): string {
  return `${median(values)} (${least(values)} to ${most(values)})`;
}
