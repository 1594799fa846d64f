// A connection on an event loop. Octets go from the socket to the session and its output to the
// socket, followed by half-close and drain. The socket slows the session down: for a slow reader no
// further answers are made and nothing more is read.

import { closeFiles } from "../../../lib/sockets/sending.ts";
import type { SocketUser, StreamSocket } from "../../../lib/sockets/socket.ts";
import type { Clock } from "../accounting/clock.ts";
import { add, type Counters, countOperation, sizeClass } from "../accounting/counters.ts";
import type { Answer, Session, Sessions, Taken } from "../session/session.ts";
import { AHEAD_LIMIT_OCTETS, LINGER_LIMIT_OCTETS, OUTPUT_LIMIT_BYTES } from "./connection-limits.ts";
import { ConnectionPhase } from "./connection-phase.ts";
import { performSteps } from "./perform-steps.ts";
import type { Timeouts } from "./structure.ts";

/** State that the connections of a loop share. */
export interface EventLoop {
  sessions: Sessions;
  timeouts: Timeouts;
  counters: Counters;
  clock: Clock;
  connections: Set<EventConnection>;
  /** Closes unused connections when descriptors run out; returns whether there were any. */
  makeRoom(): boolean;
}

export class EventConnection implements SocketUser {
  #loop: EventLoop;
  #socket: StreamSocket;
  #session: Session;
  #phase: ConnectionPhase;
  #clock: Clock;
  /** The thread pool is working on an answer. */
  #answering = false;
  #lingerOctets = 0;
  /** It was closed for being idle, so no answer can be on its way that a reset would erase. */
  #timedOutIdle = false;

  constructor(loop: EventLoop, socket: StreamSocket) {
    this.#loop = loop;
    this.#socket = socket;
    this.#clock = loop.clock;
    this.#phase = new ConnectionPhase(loop.clock, loop.counters);
    this.#session = loop.sessions.open(socket);
    add(loop.counters, "openConnections", 1);
  }

  get isIdle(): boolean {
    return this.#phase.current === "idle" && !this.#socket.busy;
  }

  /** Makes the answers under way the last; an idle connection closes now. */
  drain(): void {
    this.#session.draining = true;
    if (this.isIdle) this.#finish();
  }

  /** There are too many connections: says so, and closes. */
  refuse(): void {
    this.#session.refuse();
    this.#pump();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /**
   * Closes at once, without draining, if nobody waits for anything: the connection has been idle
   * for that long, or was closed for being idle. Returns whether it did.
   */
  giveWay(nowMillis: number, idleMillis: number): boolean {
    const isIdle = this.isIdle && this.#phase.hasLasted(nowMillis, idleMillis);
    if ((!isIdle && !this.#timedOutIdle) || this.#socket.unsent) return false;
    if (isIdle) add(this.#loop.counters, "timeouts", 1);
    this.destroy();
    return true;
  }

  /** Ends a phase that has lasted too long. */
  checkTime(nowMillis: number, idleMillis: number): void {
    if (this.#socket.unsent) this.#phase.postpone(nowMillis);
    if (!this.#phase.isOverdue(nowMillis, idleMillis, this.#loop.timeouts)) return;
    if (this.#phase.current === "linger") {
      this.#socket.destroy();
      return;
    }
    add(this.#loop.counters, "timeouts", 1);
    if (this.#phase.current === "idle") {
      this.#timedOutIdle = true;
      this.#finish();
    } else {
      this.#session.timedOut();
      this.#pump();
    }
  }

  received(octets: Buffer, length: number): void {
    add(this.#loop.counters, "receivedBytes", length);
    if (this.#phase.current === "linger") {
      if (!this.#socket.unsent) this.#lingerOctets += length;
      if (this.#lingerOctets > LINGER_LIMIT_OCTETS) this.#socket.destroy();
      return;
    }
    this.#clock.lap();
    this.#phase.received();
    this.#session.receive(octets, length);
    if (!this.#answering && !this.#socket.busy) this.#pump();
    else if (this.#session.pendingOctets > AHEAD_LIMIT_OCTETS) this.#socket.pause();
  }

  ended(): void {
    this.#session.peerEnded();
    if (!this.#answering && !this.#socket.busy) this.#pump();
  }

  taken(bytes: number): void {
    countOperation(this.#loop.counters, "write", sizeClass(bytes), this.#clock.lap());
  }

  free(): void {
    this.#clock.lap();
    this.#pump();
  }

  closed(): void {
    this.#phase.closed();
    this.#loop.connections.delete(this);
    add(this.#loop.counters, "openConnections", -1);
  }

  /**
   * Answers all received requests and sends the answers together, until it has to wait for the peer
   * or the disk.
   */
  #pump(): void {
    const session = this.#session;
    let mayBeMore = true;
    do {
      while (mayBeMore && !this.#answering && session.outputBytes < OUTPUT_LIMIT_BYTES) mayBeMore = this.#answerNext();
      if (session.outputBytes > 0) this.#socket.send(session.takeOutput());
    } while (mayBeMore && !this.#answering && !this.#socket.busy);
    this.#settle();
  }

  /** Takes the next request and answers it, now or later; false if none is complete. */
  #answerNext(): boolean {
    const wholeAtMillis = this.#clock.last;
    const taken: Taken = this.#session.next();
    if (taken === "nothing") return false;
    this.#phase.answering(wholeAtMillis);
    if (taken === "steps") this.#answerLater();
    return true;
  }

  #answerLater(): void {
    this.#answering = true;
    performSteps(this.#session, this.#loop.makeRoom).then((answer) => this.#answered(answer));
  }

  #answered(answer: Answer): void {
    this.#answering = false;
    if (this.#socket.destroyed) {
      closeFiles(answer.content);
      return;
    }
    this.#session.answer(answer);
    this.#pump();
  }

  /** After a round of work: decides what to wait for. */
  #settle(): void {
    if (this.#answering || this.#socket.busy) {
      this.#phase.current = "answer";
      return;
    }
    const { phase, finished, draining } = this.#session;
    if (finished || (draining && phase === "idle")) {
      this.#finish();
      return;
    }
    this.#phase.waiting(phase);
    if (this.#socket.paused) this.#socket.resume();
  }

  /**
   * Closes our half, then reads on until the peer closes its own. Closing both at once would reset
   * the connection and might erase data that the peer has not read yet (RFC 9112 section 9.6).
   */
  #finish(): void {
    if (this.#phase.current === "linger") return;
    this.#phase.lingering();
    this.#session.finish();
    this.#socket.end();
    if (this.#socket.paused) this.#socket.resume();
  }
}
