// Cooperative tasks: a connection is an async function in the shape of the blocking program
// (conversation.ts), which gives way to the others at each `await`. Beneath is the loop of `event`,
// so the two differ by how a wait is written, and by its cost.

import { closeFiles } from "../../../lib/sockets/sending.ts";
import type { SocketUser, StreamSocket } from "../../../lib/sockets/socket.ts";
import { Clock } from "../accounting/clock.ts";
import { add, countOperation, sizeClass } from "../accounting/counters.ts";
import type { Session } from "../session/session.ts";
import { startSessions } from "../session/table.ts";
import { loadListen } from "../transport/table.ts";
import { AHEAD_LIMIT_OCTETS, SWEEP_MILLIS } from "./connection-limits.ts";
import { ConnectionPhase } from "./connection-phase.ts";
import { converse, NOTHING_YET, type Outcome, type Surroundings, type Wait } from "./conversation.ts";
import { idleTimeoutMillis } from "./idle-timeout.ts";
import { performSteps } from "./perform-steps.ts";
import { socketCounting } from "./socket-counting.ts";
import type { Structure } from "./structure.ts";

export const coroutine: Structure = {
  threads: "one",
  async start(config, newCounters) {
    const { address, port, backlog, nodelay, writes, timeouts } = config;
    const counters = newCounters();
    const clock = new Clock();
    const sessions = startSessions(config, { clock, counters, blocking: false });
    const tasks = new Set<Task>();
    let draining = false;
    const idleMillis = () => idleTimeoutMillis(tasks.size, timeouts.idle);
    const surroundings: Surroundings = {
      counters,
      clock,
      timeouts,
      idleMillis,
      isDraining: () => draining,
      byTurns: false,
    };
    const makeRoom = () => {
      clock.lap();
      let closed = false;
      for (const task of tasks) if (task.giveWay(timeouts.idle.minimumMillis)) closed = true;
      return closed;
    };
    const connected = (socket: StreamSocket): SocketUser => {
      clock.lap();
      const session = sessions.open(socket);
      const task = new Task(socket, session, surroundings, makeRoom);
      tasks.add(task);
      add(counters, "openConnections", 1);
      if (tasks.size > config.connections) {
        add(counters, "refusedConnections", 1);
        session.refuse();
      }
      add(counters, "acceptedConnections", 1);
      countOperation(counters, "accept", 0, clock.lap());
      task.over = task.run().finally(() => {
        tasks.delete(task);
        add(counters, "openConnections", -1);
      });
      return task;
    };
    const sweep = () => {
      clock.synchronize();
      clock.lap();
      for (const task of tasks) task.checkTime();
    };

    const listen = await loadListen(config, undefined);
    const listener = await listen({
      address,
      port,
      backlog,
      reusePort: false,
      nodelay,
      writes,
      writeMillis: timeouts.writeMillis,
      observer: socketCounting(counters),
      connected,
      makeRoom,
      shed: () => add(counters, "acceptErrors", 1),
    });
    const sweeping = setInterval(sweep, SWEEP_MILLIS);

    return {
      port: listener.port,
      idleMillis,
      async close(graceMillis) {
        draining = true;
        const closed = listener.close();
        for (const task of tasks) task.lookUp();
        const deadline = setTimeout(() => {
          for (const task of tasks) task.destroy();
        }, graceMillis);
        await closed;
        await Promise.all([...tasks].map(({ over }) => over));
        clearTimeout(deadline);
        clearInterval(sweeping);
        sessions.close();
      },
    };
  },
};

/** A connection's task, and the events of its socket that it waits for. */
class Task implements SocketUser {
  /** Resolves when it has served its connection. */
  over: Promise<void> = Promise.resolve();
  #socket: StreamSocket;
  #session: Session;
  #phase: ConnectionPhase;
  #surroundings: Surroundings;
  #makeRoom: () => boolean;
  /** Octets that arrived while the task did not wait for any. */
  #arrived = 0;
  #peerEnded = false;
  #isGone = false;
  /** It was closed for being idle, so no answer can be on its way that a reset would erase. */
  #timedOutIdle = false;
  /** Ends the wait. */
  #wake: (() => void) | null = null;
  #waitsFor: "octets" | "room" | "close" | null = null;

  constructor(socket: StreamSocket, session: Session, surroundings: Surroundings, makeRoom: () => boolean) {
    this.#socket = socket;
    this.#session = session;
    this.#phase = new ConnectionPhase(surroundings.clock, surroundings.counters);
    this.#surroundings = surroundings;
    this.#makeRoom = makeRoom;
  }

  /** Serves the connection to its end. */
  async run(): Promise<void> {
    const conversation = converse(this.#session, this.#phase, this.#surroundings);
    let step = conversation.next();
    while (!step.done) {
      const outcome = await this.#await(step.value);
      if (this.#isGone && typeof outcome === "object") closeFiles(outcome.content);
      step = this.#isGone ? conversation.return(false) : conversation.next(outcome);
    }
    // A socket whose halves are both closed goes by itself, when the peer has what was sent.
    if (!this.#peerEnded) this.#socket.destroy();
    if (!this.#isGone) await this.#until("close");
  }

  /** Looks at its deadlines and at what else may have changed. */
  lookUp(): void {
    if (this.#waitsFor === "octets") this.#wakeUp();
  }

  checkTime(): void {
    const { clock, timeouts, idleMillis } = this.#surroundings;
    if (this.#socket.unsent) this.#phase.postpone(clock.last);
    if (!this.#phase.isOverdue(clock.last, idleMillis(), timeouts)) return;
    if (this.#isIdle) this.#timedOutIdle = true;
    this.lookUp();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Closes at once if it has been idle for that long, or was closed for being idle; returns whether
   * it did.
   */
  giveWay(idleMillis: number): boolean {
    const { clock, counters } = this.#surroundings;
    const isIdle = this.#isIdle && this.#phase.hasLasted(clock.last, idleMillis);
    if ((!isIdle && !this.#timedOutIdle) || this.#socket.unsent) return false;
    if (isIdle) add(counters, "timeouts", 1);
    this.destroy();
    return true;
  }

  get #isIdle(): boolean {
    return this.#waitsFor === "octets" && this.#phase.current === "idle";
  }

  received(octets: Buffer, length: number): void {
    add(this.#surroundings.counters, "receivedBytes", length);
    if (!this.#session.finished) this.#session.receive(octets, length);
    this.#arrived += length;
    if (this.#waitsFor === "octets") this.#wakeUp();
    if (this.#session.pendingOctets > AHEAD_LIMIT_OCTETS) this.#socket.pause();
  }

  ended(): void {
    this.#peerEnded = true;
    if (this.#waitsFor === "octets") this.#wakeUp();
  }

  taken(bytes: number): void {
    const { clock, counters } = this.#surroundings;
    countOperation(counters, "write", sizeClass(bytes), clock.lap());
  }

  free(): void {
    this.#surroundings.clock.lap();
    if (this.#waitsFor === "room") this.#wakeUp();
  }

  closed(): void {
    this.#isGone = true;
    this.#wakeUp();
  }

  async #await(wait: Wait): Promise<Outcome> {
    switch (wait.kind) {
      case "receive":
        return this.#receive();
      case "answer":
        return performSteps(this.#session, this.#makeRoom);
      case "send":
        this.#socket.send(wait.pieces);
        if (this.#socket.busy && !this.#isGone) await this.#until("room");
        return undefined;
      case "end":
        this.#socket.end();
        return undefined;
    }
  }

  async #receive(): Promise<number> {
    if (this.#socket.paused) this.#socket.resume();
    if (this.#arrived === 0 && !this.#peerEnded && !this.#isGone) await this.#until("octets");
    const length = this.#arrived;
    this.#arrived = 0;
    if (length > 0) return length;
    return this.#peerEnded ? 0 : NOTHING_YET;
  }

  #until(event: "octets" | "room" | "close"): Promise<void> {
    this.#waitsFor = event;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
    this.#waitsFor = null;
    this.#wake?.();
    this.#wake = null;
  }
}
