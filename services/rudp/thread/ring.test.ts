// The ring against a plain queue as its model, and between two threads that sleep on it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import fc from "fast-check";
import { randomSequence } from "../../../lib/random.ts";
import { fillStream, firstDifference } from "../program/transfer/seeded.ts";
import * as ring from "./ring.ts";

const SEED = 7;

if (isMainThread) tests();
else produce(workerData as { memory: SharedArrayBuffer; capacity: number; bytes: number; seed: number });

function tests(): void {
  describe("a ring", () => {
    it("is a bounded queue of bytes, whatever is written and read, from any position on", () => {
      const step = fc.record({ writes: fc.boolean(), bytes: fc.integer({ min: 0, max: 40 }) });
      fc.assert(
        fc.property(
          fc.constantFrom(8, 16, 32),
          fc.boolean(),
          fc.array(step, { maxLength: 200 }),
          (capacity, wraps, steps) => {
            const subject = newRing(capacity);
            if (wraps) startAt(subject, -100);
            const model: number[] = [];
            let written = 0;
            for (const { writes, bytes } of steps) {
              if (writes) {
                const data = Uint8Array.from({ length: bytes }, () => written++ & 255);
                const taken = ring.write(subject, data);
                assert.equal(taken, Math.min(bytes, capacity - model.length));
                model.push(...data.subarray(0, taken));
                written -= bytes - taken;
              } else {
                const into = new Uint8Array(bytes);
                const length = ring.read(subject, into);
                assert.deepEqual([...into.subarray(0, length)], model.splice(0, bytes));
              }
              assert.equal(ring.readableBytes(subject), model.length);
            }
          },
        ),
      );
    });

    it("is at its end when the writer has ended and all is read, not before", () => {
      const subject = newRing(16);
      ring.write(subject, Uint8Array.of(1, 2, 3));
      ring.end(subject);
      assert.equal(ring.isAtEnd(subject), false);
      ring.read(subject, new Uint8Array(3));
      assert.equal(ring.isAtEnd(subject), true);
    });

    it("says why it was broken, the first reason", () => {
      const subject = newRing(16);
      ring.breakRing(subject, 3);
      ring.breakRing(subject, 4);
      assert.equal(ring.brokenCode(subject), 3);
    });
  });

  describe("between two threads", () => {
    for (const capacity of [8, 64, 4096]) {
      it(`every byte comes through a ring of ${capacity} in order, and nobody sleeps on`, {
        timeout: 30_000,
      }, async () => {
        // A small ring is full or empty at nearly every step, so both threads sleep and wake all
        // the time.
        const bytes = capacity < 100 ? 200_000 : 10_000_000;
        const memory = new SharedArrayBuffer(ring.ringSize(capacity));
        const subject = ring.ringAt(memory, 0, capacity);
        startAt(subject, -Math.floor(bytes / 2));
        const worker = new Worker(new URL(import.meta.url), { workerData: { memory, capacity, bytes, seed: SEED } });
        const random = randomSequence(SEED + 1);
        let received = 0;
        while (!ring.isAtEnd(subject)) {
          const events = ring.filledEvents(subject);
          const seen = ring.countOf(events);
          const into = new Uint8Array(1 + Math.floor(random() * capacity * 1.5));
          const length = ring.read(subject, into);
          assert.equal(firstDifference(SEED, received, into, length), -1, `after ${received} bytes`);
          received += length;
          if (length > 0 || ring.isAtEnd(subject)) continue;
          // Both ways of sleeping, in turn.
          if (random() < 0.5) ring.sleep(events, seen);
          else await ring.sleepAsync(events, seen);
        }
        assert.equal(received, bytes);
        await worker.terminate();
      });
    }
  });
}

function produce({ memory, capacity, bytes, seed }: typeof workerData): void {
  const subject = ring.ringAt(memory, 0, capacity);
  const random = randomSequence(seed);
  for (let sent = 0; sent < bytes; ) {
    const data = new Uint8Array(Math.min(bytes - sent, 1 + Math.floor(random() * capacity * 1.5)));
    fillStream(seed, sent, data);
    for (let done = 0; done < data.length; ) {
      const events = ring.freedEvents(subject);
      const seen = ring.countOf(events);
      const written = ring.write(subject, data, done);
      done += written;
      if (written === 0) ring.sleep(events, seen);
    }
    sent += data.length;
  }
  ring.end(subject);
}

function newRing(capacity: number): ring.Ring {
  return ring.ringAt(new SharedArrayBuffer(ring.ringSize(capacity)), 0, capacity);
}

/** As if that many bytes had gone through: the positions are the first two words. */
function startAt({ words }: ring.Ring, position: number): void {
  words[0] = words[1] = position | 0;
}
