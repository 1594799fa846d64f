import assert from "node:assert/strict";
import { it } from "node:test";
import { coursesOf } from "./course.ts";
import schema from "./row.schema.json" with { type: "json" };
import { type ConnectionRow, type QueueRow, traceRowJsonSchema } from "./row.ts";
import { sightings } from "./sightings.ts";

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
const queue = (
  seconds: number,
  packets: number,
  direction: QueueRow["direction"] = "backward",
  over: Partial<QueueRow> = {},
): QueueRow => ({
  kind: "queue",
  link: "wan",
  direction,
  seconds,
  packets,
  bytes: 0,
  droppedPackets: 0,
  ...over,
});

/** Every connection is one over the backward direction of the wan. */
const ownCourses = (rows: Parameters<typeof coursesOf>[0]) => coursesOf(rows, () => ["wan backward"]);
const dropsOf = (rows: Parameters<typeof coursesOf>[0], met: readonly string[] | null) =>
  sightings([coursesOf(rows, () => met)]).find(({ phenomenon }) => phenomenon === "drops of the queue")?.text;

it("phases follow recovery's state, and the window's place below or at ssthresh", () => {
  const [course] = ownCourses([
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
    queue(0, 30, "forward"),
  ];
  const [course] = ownCourses(rows);
  assert.deepEqual(
    course?.seconds.map((at) => Number(at.toFixed(1))),
    [0, 0.1, 0.2],
  );
  // of the two queues, the one on its way
  assert.deepEqual(course?.queuePackets, [0, 9, 9]);
});

it("of several queues on its way a course has what waits in all, and what any of them has dropped", () => {
  // The access link is the bottleneck; bursts wait longer in the core, which drops nothing.
  const rows = [
    sample(0),
    sample(1),
    sample(2, { resentSegments: 120 }),
    ...[0, 33, 33].map((packets, at) =>
      queue(at, packets, "backward", { link: "access", droppedPackets: at === 2 ? 120 : 0 }),
    ),
    ...[0, 40, 3].map((packets, at) => queue(at, packets, "backward", { link: "core" })),
  ];
  const met = ["access backward", "core backward"];
  assert.deepEqual(coursesOf(rows, () => met)[0]?.queuePackets, [0, 73, 36]);
  assert.equal(dropsOf(rows, met), "120 packets dropped by the queues");
});

it("a course has no drops hidden by the other direction's queue, nor any of queues elsewhere", () => {
  const rows = [
    sample(0),
    sample(1, { resentSegments: 9 }),
    queue(0, 0),
    queue(1, 20, "backward", { droppedPackets: 9 }),
    queue(0, 200, "forward"),
    queue(1, 300, "forward", { droppedPackets: 4 }),
  ];
  assert.equal(dropsOf(rows, ["wan backward"]), "9 packets dropped by the queue");
  assert.equal(dropsOf(rows, []), undefined);
  assert.equal(coursesOf(rows, () => [])[0]?.queuePackets, undefined);
  // Where its way is not known, any of them may be on it.
  assert.equal(dropsOf(rows, null), "13 packets dropped by the queues");
});

it("a course asks for the way from its own end to its peer, of TCP and of RUDP", () => {
  const asked: string[] = [];
  const ask = (from: string, to: string) => {
    asked.push(`${from} > ${to}`);
    return [];
  };
  const other = { connection: "rudp-sink to rudp-client:5001 (2)", host: "rudp-sink", kind: "rudp" } as const;
  coursesOf([sample(0), sample(1), sample(0, other), sample(1, other)], ask);
  assert.deepEqual(asked, ["server > client", "rudp-sink > rudp-client"]);
});

it("the longest course comes first, and one sample makes none", () => {
  const other = (seconds: number, port: number) => sample(seconds, { connection: `server:80 to client:${port}` });
  const courses = ownCourses([other(0, 2), other(0, 3), other(1, 3), sample(0), sample(1), sample(2)]);
  assert.deepEqual(
    courses.map(({ connection }) => connection),
    ["server:80 to client:1", "server:80 to client:3"],
  );
});
