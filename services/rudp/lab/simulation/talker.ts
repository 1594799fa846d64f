// An application in a simulated life. It writes a known stream in pieces with pauses, reads at its
// own pace and checks every byte, and closes its direction at the end.

import { randomSequence } from "../../../../lib/random.ts";
import { fillStream, firstDifference } from "../../program/transfer/seeded.ts";
import {
  abort,
  type Connection,
  close,
  flush,
  isAtEnd,
  readableBytes,
  readInto,
  write,
} from "../../protocol/connection/connection.ts";

export interface TalkerPlan {
  seed: number;
  bytes: number;
  /** How many bytes the other end sends, to be checked. */
  expectedBytes: number;
  /** Seed of the other end's stream. */
  expectedSeed: number;
  /** A write has 1 to this many bytes. */
  writeBytes: number;
  /** Pause after a write; 0: as fast as the queue accepts. */
  writePauseMillis: number;
  flushRatio: number;
  /** A read has up to this many bytes. */
  readBytes: number;
  /** Pause after a read; 0: as soon as data is there. */
  readPauseMillis: number;
  /**
   * Closes only after the other end has, so that a half-closed connection is used in one direction.
   */
  closesLast: boolean;
  /** When it aborts unless it is done; null: never. */
  abortsAtMillis: number | null;
  /**
   * This end or the other aborts: the connection may fail, and the received data may be incomplete.
   */
  mayFail: boolean;
}

export interface Talker {
  readonly name: string;
  readonly plan: TalkerPlan;
  readonly connection: Connection;
  readonly random: () => number;
  readonly expectedBytes: number;
  written: number;
  received: number;
  nextWriteMillis: number;
  nextReadMillis: number;
  failure: string | null;
}

const scratch = new Uint8Array(65_536);

export function createTalker(plan: TalkerPlan, connection: Connection, name: string): Talker {
  return {
    name,
    plan,
    connection,
    random: randomSequence(plan.seed),
    expectedBytes: plan.expectedBytes,
    written: 0,
    received: 0,
    nextWriteMillis: 0,
    nextReadMillis: 0,
    failure: null,
  };
}

/** Does everything possible now; returns when it wants to continue without an event. */
export function talk(talker: Talker, nowMillis: number): number {
  const { connection } = talker;
  if (connection.failure !== null && !talker.plan.mayFail) talker.failure = connection.failure;
  const readAgain = listen(talker, nowMillis);
  const writeAgain = say(talker, nowMillis);
  return Math.min(readAgain, writeAgain, giveUp(talker, nowMillis));
}

function giveUp({ connection, plan }: Talker, nowMillis: number): number {
  if (plan.abortsAtMillis === null || connection.state === "closed") return Number.POSITIVE_INFINITY;
  if (nowMillis < plan.abortsAtMillis) return plan.abortsAtMillis;
  abort(connection);
  return Number.POSITIVE_INFINITY;
}

function listen(talker: Talker, nowMillis: number): number {
  const { connection, plan } = talker;
  while (readableBytes(connection) > 0) {
    if (nowMillis < talker.nextReadMillis) return talker.nextReadMillis;
    const length = readInto(connection, scratch, 0, Math.min(plan.readBytes, scratch.length));
    const differs = firstDifference(plan.expectedSeed, talker.received, scratch, length);
    if (differs >= 0) talker.failure = `byte ${talker.received + differs} is not what was sent`;
    talker.received += length;
    talker.nextReadMillis = nowMillis + plan.readPauseMillis;
  }
  if (isAtEnd(connection) && talker.received < talker.expectedBytes) {
    talker.failure = `the stream ended after ${talker.received} of ${talker.expectedBytes} bytes`;
  }
  return Number.POSITIVE_INFINITY;
}

function say(talker: Talker, nowMillis: number): number {
  const { connection, plan, random } = talker;
  while (talker.written < plan.bytes) {
    if (nowMillis < talker.nextWriteMillis) return talker.nextWriteMillis;
    const wanted = Math.min(1 + Math.floor(random() * plan.writeBytes), plan.bytes - talker.written, scratch.length);
    fillStream(plan.seed, talker.written, scratch, wanted);
    const taken = write(connection, scratch.subarray(0, wanted));
    talker.written += taken;
    if (random() < plan.flushRatio) flush(connection);
    if (taken < wanted) return Number.POSITIVE_INFINITY;
    talker.nextWriteMillis = nowMillis + plan.writePauseMillis;
  }
  if (connection.send.finIndex < 0 && (!plan.closesLast || isAtEnd(connection))) close(connection);
  return Number.POSITIVE_INFINITY;
}
