// `npm run bench sharing`: how evenly the ways of sharing a port share. Over TCP `prethread` and
// `prefork` have one socket on which all workers block in accept, and `event-multi` a socket for
// each loop (SO_REUSEPORT); over RUDP `prefork` has that too, and the threads of `prethread` are
// given their connections in turn. Clients open one connection after another to four workers, whose
// own counters say how many each got.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columns } from "../lib/columns.ts";
import { EXIT } from "../lib/errors.ts";
import { print, runProgram } from "../lib/program.ts";
import { scalar } from "../services/server/accounting/counters.ts";
import { startServer } from "../services/server/cases/loopback-server.ts";
import { connectTo, exchange } from "../services/server/cases/raw-client.ts";
import { closeRudpClients, connectOverRudp } from "../services/server/cases/rudp-client.ts";
import { STRUCTURES, type StructureName } from "../services/server/structures/table.ts";
import { TRANSPORTS, type TransportName } from "../services/server/transport/table.ts";
import { median } from "./measure/rounds.ts";

const STRUCTURES_THAT_SHARE = ["prethread", "prefork", "event-multi"] as const satisfies StructureName[];
const SHARING = TRANSPORTS.flatMap((transport) => STRUCTURES_THAT_SHARE.map((name) => ({ name, transport })));
type Sharing = (typeof SHARING)[number];
const CONNECT = { tcp: connectTo, rudp: connectOverRudp } as const satisfies Record<TransportName, unknown>;
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
    await closeRudpClients();
    await rm(root, { recursive: true });
  }
  return EXIT.done;
}

async function compare(root: string, load: (typeof LOADS)[number]): Promise<string> {
  const rounds = new Map<Sharing, number[][]>(SHARING.map((sharing) => [sharing, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const sharing of SHARING) rounds.get(sharing)?.push(await shares(root, sharing, load));
  const nameOf = ({ name, transport }: Sharing) => `${name} over ${transport.toUpperCase()}`;
  const rows = [...rounds].map(([sharing, all]) => [nameOf(sharing), spread(all.map(least)), spread(all.map(most))]);
  const title = `${load.connections} connections to ${WORKERS} workers, ${load.clients} at a time: the fewest and the most of one worker`;
  return `${title}, medians of ${ROUNDS} rounds\n${columns(rows, { indent: "  " })}`;
}

/** How many connections each worker got. */
async function shares(root: string, { name, transport }: Sharing, { connections, clients }: (typeof LOADS)[number]) {
  await using server = await startServer(STRUCTURES[name], root, { workers: WORKERS, transport });
  let left = connections;
  const client = async () => {
    while (left-- > 0) await exchange(server.port, GET, CONNECT[transport]);
  };
  await Promise.all(Array.from({ length: clients }, client));
  // The event loop that gives threads their connections has counters too, before theirs.
  return server.threads.slice(-WORKERS).map((worker) => scalar([worker], "acceptedConnections"));
}

function least(counts: readonly number[]): number {
  return Math.min(...counts);
}

function most(counts: readonly number[]): number {
  return Math.max(...counts);
}

function spread(values: readonly number[]): string {
  return `${median(values)} (${least(values)} to ${most(values)})`;
}
