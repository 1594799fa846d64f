// A worker of a blocking structure: takes a connection, serves it to its end, and takes the next.
// It waits in system calls, so an idle client keeps its worker busy for the idle time-out.

import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import {
  acceptBlocking,
  type BlockingConnection,
  BlockingSocket,
  FAILED,
  OUT_OF_DESCRIPTORS,
  OUT_OF_DESCRIPTORS_MILLIS,
  SLICE_OVER,
} from "../../../lib/sockets/blocking-socket.ts";
import { MemoryFiles } from "../../../lib/sockets/memory-files.ts";
import { lookups } from "../../../lib/sockets/names.ts";
import { pieceLength } from "../../../lib/sockets/piece.ts";
import type { SocketObserver } from "../../../lib/sockets/socket.ts";
import { silentMillis } from "../../../lib/sockets/tcp-info.ts";
import { Clock } from "../accounting/clock.ts";
import { add, type Counters, countOperation, sizeClass } from "../accounting/counters.ts";
import type { Session, Sessions } from "../session/session.ts";
import { startSessions } from "../session/table.ts";
import { ConnectionPhase } from "./connection-phase.ts";
import {
  type Conversation,
  converse,
  NOTHING_YET,
  type Outcome,
  type Surroundings,
  type Wait,
} from "./conversation.ts";
import { performBlocking } from "./perform-blocking.ts";
import { DRAINING, OVER, type PoolState, SERVING } from "./pool-state.ts";
import { socketCounting } from "./socket-counting.ts";
import type { StructureConfig } from "./structure.ts";
import { epochMillis, type WorkerStart } from "./worker-start.ts";

/** Of a turn: serve the client, close the connection because it was idle, or refuse it. */
export type Job = "serve" | "close" | "refuse";

/** The life of a worker of a pool, or of one that serves a single connection. */
export async function work(start: WorkerStart, state: PoolState): Promise<void> {
  const { config, worker, task, descriptor, askedMillis } = start;
  const counters = state.counters[worker] as Counters;
  const server = new BlockingServer(config, counters, state, openDescriptor);
  countOperation(counters, "spawn", 0, epochMillis() - askedMillis);
  if (task === "accept") await takeConnections(server, counters, state, worker, descriptor);
  else {
    try {
      server.serve(descriptor);
    } finally {
      state.gave(worker);
    }
  }
  server.close();
}

/** Takes and serves connections until the pool drains. */
async function takeConnections(
  server: BlockingServer<number>,
  counters: Counters,
  state: PoolState,
  worker: number,
  listener: number,
): Promise<void> {
  while (state.stage === SERVING) {
    const descriptor = acceptBlocking(listener);
    if (descriptor >= 0) {
      state.took(worker, descriptor);
      countOperation(counters, "wait", 0, silentMillis(descriptor));
      try {
        server.serve(descriptor);
      } finally {
        state.gave(worker);
      }
    } else if (descriptor === OUT_OF_DESCRIPTORS) {
      add(counters, "acceptErrors", 1);
      await wait(OUT_OF_DESCRIPTORS_MILLIS);
    } else if (descriptor === SLICE_OVER) await turn();
    else break;
    server.lookAround();
  }
}

/** Shared by the connections of a thread. */
export interface Shared {
  config: StructureConfig;
  observer: SocketObserver;
  memoryFiles: MemoryFiles;
}

/** A connection of TCP. */
export function openDescriptor(descriptor: number, { config, observer, memoryFiles }: Shared): BlockingConnection {
  return new BlockingSocket(descriptor, observer, memoryFiles, config.writes);
}

interface Served {
  session: Session;
  phase: ConnectionPhase;
  socket: BlockingConnection;
}

/**
 * Serves connections one after the other, in this thread. `open` makes one of what stands for it.
 */
export class BlockingServer<Connection> {
  #config: StructureConfig;
  #counters: Counters;
  #state: PoolState;
  #clock = new Clock();
  #sessions: Sessions;
  #surroundings: Surroundings;
  #open: (connection: Connection, shared: Shared) => BlockingConnection;
  #shared: Shared;

  constructor(
    config: StructureConfig,
    counters: Counters,
    state: PoolState,
    open: (connection: Connection, shared: Shared) => BlockingConnection,
  ) {
    const clock = this.#clock;
    const { timeouts } = config;
    this.#config = config;
    this.#counters = counters;
    this.#state = state;
    this.#open = open;
    this.#shared = { config, observer: socketCounting(counters), memoryFiles: new MemoryFiles() };
    this.#sessions = startSessions(config, { clock, counters, blocking: true });
    this.#surroundings = {
      counters,
      clock,
      timeouts,
      idleMillis: () => state.idleMillis(timeouts.idle),
      isDraining: () => state.stage >= DRAINING,
      byTurns: false,
    };
  }

  /** Serves a connection and closes it. */
  serve(connection: Connection): void {
    const clock = this.#clock;
    const counters = this.#counters;
    clock.lap();
    const socket = this.#open(connection, this.#shared);
    // First, because other threads read both: no connection is accepted and not open yet.
    add(counters, "openConnections", 1);
    try {
      const session = this.#sessions.open(socket);
      add(counters, "acceptedConnections", 1);
      countOperation(counters, "accept", 0, clock.lap());
      const phase = new ConnectionPhase(clock, counters);
      this.#drive(converse(session, phase, this.#surroundings), { session, phase, socket });
    } finally {
      socket.close();
      add(counters, "openConnections", -1);
    }
  }

  /**
   * Serves a connection that has something to read until it is idle, or takes leave of it. Returns
   * whether it goes on; the connection is the caller's in any case. `idleMillis`: since its last
   * answer, NaN without any.
   */
  takeTurn(connection: Connection, job: Job, idleMillis: number): boolean {
    const clock = this.#clock;
    clock.lap();
    const socket = this.#open(connection, this.#shared);
    try {
      const session = this.#sessions.open(socket);
      if (job === "refuse") session.refuse();
      const isDraining = () => job === "close" || this.#surroundings.isDraining();
      const surroundings = { ...this.#surroundings, isDraining, byTurns: true };
      const phase = new ConnectionPhase(clock, this.#counters, idleMillis);
      return this.#drive(converse(session, phase, surroundings), { session, phase, socket });
    } finally {
      socket.release();
    }
  }

  /** Between connections: what no timer does in a thread that blocks. */
  lookAround(): void {
    this.#clock.synchronize();
  }

  close(): void {
    this.#sessions.close();
    this.#shared.memoryFiles.close();
  }

  #drive(conversation: Conversation, served: Served): boolean {
    let step = conversation.next();
    while (!step.done) {
      const outcome = this.#await(step.value, served);
      step = outcome === "gone" ? conversation.return(false) : conversation.next(outcome);
    }
    return step.value;
  }

  #await(wait: Wait, served: Served): Outcome | "gone" {
    switch (wait.kind) {
      case "receive":
        return this.#receive(served);
      case "answer":
        return performSteps(served.session);
      case "send":
        return this.#send(wait, served.socket);
      case "end":
        served.socket.end();
    }
  }

  #receive({ session, phase, socket }: Served): Outcome | "gone" {
    const length = socket.receive();
    if (length === FAILED || this.#state.stage === OVER) return "gone";
    if (length === SLICE_OVER) {
      this.lookAround();
      // The peer is given time to close from when it has everything.
      if (socket.unsent) phase.postpone(this.#clock.last);
      return NOTHING_YET;
    }
    add(this.#counters, "receivedBytes", length);
    if (length > 0 && !session.finished) session.receive(socket.input, length);
    return length;
  }

  #send({ pieces }: Extract<Wait, { kind: "send" }>, socket: BlockingConnection): Outcome | "gone" {
    let bytes = 0;
    for (const piece of pieces) bytes += pieceLength(piece);
    const sent = socket.send(pieces, this.#config.timeouts.writeMillis, () => this.#state.stage === OVER);
    const millis = this.#clock.lap();
    if (sent === "at once") countOperation(this.#counters, "write", sizeClass(bytes), millis);
    return sent === "failed" ? "gone" : undefined;
  }
}

function performSteps(session: Session) {
  try {
    return performBlocking(session.steps(), (op, millis) => session.performed(op, millis), lookups);
  } catch (error) {
    return session.failure(error);
  }
}
