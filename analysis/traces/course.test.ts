import assert from "node:assert/strict";
import { it } from "node:test";
import { coursesOf } from "./course.ts";
import schema from "./row.schema.json" with { type: "json" };
import { type ConnectionRow, type QueueRow, traceRowJsonSchema } from "./row.ts";

it("the JSON Schema of a trace's lines is in step with the format", () => {
  assert.deepEqual(schema, JSON.parse(JSON.stringify(traceRowJsonSchema())), "npm run generate writes it");
});

const sample = (seconds: number, over: Partial<ConnectionRow> = {}): ConnectionRow => ({
  kind: "tcp",
  host: "server",
  connection: "server:80 to client:1",
  seconds,
  cwndSegments: 10,
  state: "open",
  ssthreshSegments: null,
  srttMillis: null,
  leastRttMillis: null,
  resentSegments: 0,
  inFlightSegments: 0,
  deliveryBitsPerSecond: null,
  ackedBytes: 0,
  ...over,
});
const queue = (seconds: number, packets: number, direction: QueueRow["direction"] = "backward"): QueueRow => ({
  kind: "queue",
  link: "wan",
  direction,
  seconds,
  packets,
  bytes: 0,
  droppedPackets: 0,
});

it("phases follow recovery's state, and the window's place below or at ssthresh", () => {
  const [course] = coursesOf([
    sample(1),
    sample(1.1, { cwndSegments: 20 }),
    sample(1.2, { cwndSegments: 20, state: "recovery", ssthreshSegments: 14 }),
    sample(1.3, { cwndSegments: 14, ssthreshSegments: 14 }),
    sample(1.4, { cwndSegments: 15, ssthreshSegments: 14 }),
    sample(1.5, { cwndSegments: 1, ssthreshSegments: 7, state: "loss" }),
    sample(1.6, { cwndSegments: 2, ssthreshSegments: 7 }),
  ]);
  const names = course?.phases.map(({ name, fromSeconds }) => [name, Number(fromSeconds.toFixed(1))]);
  assert.deepEqual(names, [
    ["slow start", 0],
    ["recovery", 0.2],
    ["congestion avoidance", 0.3],
    ["time-out", 0.5],
    ["slow start", 0.6],
  ]);
});

it("a course begins with its connection, and meets the queue as that was at each sample", () => {
  const rows = [
    sample(2),
    sample(2.1),
    sample(2.2),
    queue(0, 0),
    queue(2.05, 8),
    queue(2.1, 9),
    queue(0, 3, "forward"),
  ];
  const [course] = coursesOf(rows);
  assert.deepEqual(
    course?.seconds.map((at) => Number(at.toFixed(1))),
    [0, 0.1, 0.2],
  );
  // of the two queues, the one in which more has waited
  assert.deepEqual(course?.queuePackets, [0, 9, 9]);
});

it("the longest course comes first, and one sample makes none", () => {
  const other = (seconds: number, port: number) => sample(seconds, { connection: `server:80 to client:${port}` });
  const courses = coursesOf([other(0, 2), other(0, 3), other(1, 3), sample(0), sample(1), sample(2)]);
  assert.deepEqual(
    courses.map(({ connection }) => connection),
    ["server:80 to client:1", "server:80 to client:3"],
  );
});
