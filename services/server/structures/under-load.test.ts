// A structure is stopped while clients load it, and before that a worker is killed if it is a
// process: each request has its own answer, once and in order, or its connection breaks.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { after, before, it } from "node:test";
import { scalar } from "../accounting/counters.ts";
import { everyStructure, everyStructureOfRudp, startServer, until } from "../cases/loopback-server.ts";
import { type Connect, connectTo } from "../cases/raw-client.ts";
import { connectOverRudp } from "../cases/rudp-client.ts";
import type { Structure } from "./structure.ts";

const CLIENTS = 6;
const WORKERS = 3;
/** Of a connection; the last of them closes it. */
const REQUESTS = 8;
/** Answers between two strokes. */
const MEANWHILE = 16;
const LIMIT = { timeout: 30_000 };
const PAGES = Array.from({ length: 97 }, (_, page) => `page ${page} ${"=".repeat(page * 50)}`);

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "rttlab-load-"));
  await Promise.all(PAGES.map((text, page) => writeFile(join(root, String(page)), text)));
});
after(() => rm(root, { recursive: true }));

const EVERYWHERE: [name: string, structure: Structure, connect: Connect][] = [
  ...everyStructure().map(([name, structure]): [string, Structure, Connect] => [name, structure, connectTo]),
  ...everyStructureOfRudp().map(([name, structure]): [string, Structure, Connect] => [
    name,
    structure,
    connectOverRudp,
  ]),
];

for (const [name, structure, connect] of EVERYWHERE) {
  it(`${name} that is stopped under load answers every request once or breaks its connection`, LIMIT, async () => {
    const { connections, replaced } = await struckUnderLoad(structure, "http", connect, serveOne);
    for (const connection of connections) assert.deepEqual(wrongs(connection), []);
    const cut = connections.filter(({ received }) => answersIn(received).rest !== "").length;
    assert.ok(cut <= replaced, `${cut} answers were cut off`);
  });

  it(`${name} that is stopped under load echoes every octet once or breaks its connection`, LIMIT, async () => {
    const { connections } = await struckUnderLoad(structure, "echo", connect, echoOne);
    for (const { asked, received, isOpen } of connections) {
      assert.ok(!isOpen);
      const sent = asked.map((page) => PAGES[page]).join("");
      assert.ok(sent.startsWith(received), `${received.length} octets came back of ${sent.length}`);
    }
  });
}

async function struckUnderLoad(structure: Structure, protocol: "http" | "echo", connect: Connect, serve: ServeOne) {
  await using server = await startServer(structure, root, { workers: WORKERS, protocol });
  using load = startLoad(() => connect(server.port), serve);
  await until(() => load.answers() > MEANWHILE);
  const replaced = () => scalar(server.threads, "replacedWorkers");
  if (server.processes !== undefined) {
    await killOne(server.processes, replaced, load.answers);
    const before = load.answers();
    await until(() => load.answers() > before + MEANWHILE);
  }
  const stopped = server.close(2_000);
  load.end();
  const connections = await load.ended;
  await stopped;
  assert.equal(scalar(server.threads, "openConnections"), 0);
  return { connections, replaced: replaced() };
}

/**
 * A process of one connection may have ended by itself before it is struck, or not have begun to
 * serve: then another is, once something was answered, for else none would ever come to serve.
 */
async function killOne(processes: () => number[], replaced: () => number, answers: () => number): Promise<void> {
  while (replaced() === 0) {
    const before = answers();
    await until(() => answers() > before && processes().length > 0);
    const [victim = 0] = processes();
    try {
      process.kill(victim, "SIGKILL");
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, "ESRCH");
    }
    await until(() => replaced() > 0 || !processes().includes(victim));
  }
}

interface LoadedConnection {
  /** The pages of its requests, in their order. */
  asked: number[];
  received: string;
  isOpen: boolean;
}

interface Load extends Disposable {
  answers(): number;
  /** No further connections. */
  end(): void;
  /** Resolves with every connection when all are closed. */
  ended: Promise<LoadedConnection[]>;
}

/** Asks on a connection, beginning with that page. */
type ServeOne = (socket: Duplex, connection: LoadedConnection, first: number, onAnswer: () => void) => void;

/** Each client has one connection after another, and one request after another on it. */
function startLoad(connect: () => ReturnType<Connect>, serve: ServeOne): Load {
  const connections: LoadedConnection[] = [];
  let isEnding = false;
  let answers = 0;
  const client = async (number: number): Promise<void> => {
    for (let round = 0; !isEnding; round++) {
      const connection: LoadedConnection = { asked: [], received: "", isOpen: true };
      connections.push(connection);
      const socket = await connect().then(
        (client) => client.socket.on("end", client.end),
        () => null,
      );
      if (socket !== null && !socket.destroyed) {
        const closed = new Promise((resolve) => socket.once("close", resolve));
        serve(socket, connection, number * 31 + round * 7, () => answers++);
        await closed;
      }
      connection.isOpen = false;
    }
  };
  const ended = Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  const end = () => {
    isEnding = true;
  };
  return {
    answers: () => answers,
    end,
    [Symbol.dispose]: end,
    ended: ended.then(() => connections),
  };
}

function serveOne(socket: Duplex, connection: LoadedConnection, first: number, onAnswer: () => void): void {
  const ask = () => {
    const page = (first + connection.asked.length) % PAGES.length;
    connection.asked.push(page);
    const last = connection.asked.length === REQUESTS ? "Connection: close\r\n" : "";
    socket.write(`GET /${page} HTTP/1.1\r\nHost: a\r\n${last}\r\n`);
  };
  socket.on("data", (octets) => {
    connection.received += octets.toString("latin1");
    const { contents, closes } = answersIn(connection.received);
    if (contents.length < connection.asked.length) return;
    onAnswer();
    if (!closes && connection.asked.length < REQUESTS) ask();
  });
  ask();
}

/** Each page is sent when the one before has come back. */
function echoOne(socket: Duplex, connection: LoadedConnection, first: number, onAnswer: () => void): void {
  let sent = 0;
  const ask = () => {
    const page = (first + connection.asked.length) % PAGES.length;
    const text = PAGES[page] as string;
    connection.asked.push(page);
    sent += text.length;
    socket.write(text);
  };
  socket.on("data", (octets) => {
    connection.received += octets.toString("latin1");
    if (connection.received.length < sent) return;
    onAnswer();
    if (connection.asked.length < REQUESTS) ask();
    else socket.end();
  });
  ask();
}

/** The contents of whole answers, what is left behind them, and whether the last one closes. */
function answersIn(received: string): { contents: string[]; rest: string; closes: boolean } {
  const contents: string[] = [];
  let closes = false;
  for (let rest = received; ; ) {
    const end = rest.indexOf("\r\n\r\n") + 4;
    const head = rest.slice(0, end);
    const length = Number(/\r\nContent-Length: (\d+)\r\n/.exec(head)?.[1] ?? Number.NaN);
    if (end < 4 || !(rest.length >= end + length)) return { contents, rest, closes };
    contents.push(rest.slice(end, end + length));
    closes = head.includes("\r\nConnection: close\r\n");
    rest = rest.slice(end + length);
  }
}

/** Answers that are not those of the requests, in their order. */
function wrongs({ asked, received, isOpen }: LoadedConnection): string[] {
  const { contents } = answersIn(received);
  const others = contents.filter((content, index) => content !== PAGES[asked[index] ?? -1]);
  return [...others, ...(isOpen ? ["is still open"] : [])];
}
