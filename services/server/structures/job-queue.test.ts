import assert from "node:assert/strict";
import { once } from "node:events";
import { it } from "node:test";
import { Worker } from "node:worker_threads";
import { JobQueue } from "./job-queue.ts";

const CAPACITY = 8;

it("jobs come out in the order in which they were put, and a full queue takes no more", () => {
  const queue = newQueue();
  for (let round = 0; round < 3; round++) {
    for (let job = 0; job < CAPACITY; job++) assert.ok(queue.put(job, job / 2, job % 2 === 0 ? undefined : job));
    assert.equal(queue.put(9, 0), false);
    assert.equal(queue.length, CAPACITY);
    for (let job = 0; job < CAPACITY; job++) {
      const idleMillis = job % 2 === 0 ? Number.NaN : job;
      assert.deepEqual(queue.take(0), { job, putMillis: job / 2, idleMillis });
    }
    assert.equal(queue.take(0), undefined);
  }
});

it("after its close what is left comes out, and then the end", () => {
  const queue = newQueue();
  queue.put(1, 0);
  queue.close();
  assert.equal(queue.take(0)?.job, 1);
  assert.equal(queue.take(1_000), null);
});

it("two threads take each job once between them, and sleep until there is one", async () => {
  const memory = new SharedArrayBuffer(JobQueue.bytes(CAPACITY));
  const queue = new JobQueue(memory, CAPACITY);
  const program = `
    import { parentPort, workerData } from "node:worker_threads";
    const { JobQueue } = await import(${JSON.stringify(new URL("./job-queue.ts", import.meta.url).href)});
    const queue = new JobQueue(workerData, ${CAPACITY});
    const jobs = [];
    for (let taken = queue.take(60_000); taken; taken = queue.take(60_000)) jobs.push(taken.job);
    parentPort.postMessage(jobs);`;
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
  const results = [1, 2].map(() => once(new Worker(url, { workerData: memory }), "message"));
  const jobs = Array.from({ length: 2_000 }, (_, job) => job);
  for (const job of jobs) while (!queue.put(job, 0)) await new Promise((resolve) => setImmediate(resolve));
  queue.close();
  const taken = (await Promise.all(results)).flatMap(([list]) => list as number[]);
  assert.deepEqual(
    taken.toSorted((one, other) => one - other),
    jobs,
  );
});

function newQueue(): JobQueue {
  return new JobQueue(new SharedArrayBuffer(JobQueue.bytes(CAPACITY)), CAPACITY);
}
