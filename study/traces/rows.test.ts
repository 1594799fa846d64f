// Numbers as the samplers print them, converted to lines of a trace file.

import assert from "node:assert/strict";
import { it } from "node:test";
import { traceRowSchema } from "../../analysis/traces/row.ts";
import { type TraceReading, traceRows } from "./rows.ts";

const WINDOW = { run: 3, cell: "size=1", everyMillis: 10, packets: 200, beganMillis: 1000, endedMillis: 2000 };
const NOTHING: TraceReading = { tcp: [], rudp: [], links: [], captures: [], names: new Map([["10.0.0.9", "client"]]) };

it("a TCP sample has the kernel's numbers in their units, and null where the kernel has none yet", () => {
  const lines = [
    "1010.0 80 10.0.0.9 4444 0 10 2147483647 100500 100000 0 10 0 0",
    "1030.5 80 10.0.0.9 4444 3 20 15 101000 100000 2 18 625000 30000",
  ].join("\n");
  const rows = traceRows({ ...NOTHING, tcp: [{ host: "server", lines: `${lines}\n` }] }, WINDOW);
  const common = { kind: "tcp", host: "server", connection: "server:80 to client:4444" };
  assert.deepEqual(rows, [
    { kind: "run", run: 3, cell: "size=1", atMillis: 1000, everyMillis: 10, packets: 200 },
    {
      ...common,
      seconds: 0.01,
      cwndSegments: 10,
      ssthreshSegments: null,
      srttMillis: 100.5,
      leastRttMillis: 100,
      resentSegments: 0,
      inFlightSegments: 10,
      deliveryBitsPerSecond: 0,
      ackedBytes: 0,
      state: "open",
    },
    {
      ...common,
      seconds: 0.031,
      cwndSegments: 20,
      ssthreshSegments: 15,
      srttMillis: 101,
      leastRttMillis: 100,
      resentSegments: 2,
      inFlightSegments: 18,
      deliveryBitsPerSecond: 5e6,
      ackedBytes: 30_000,
      state: "recovery",
    },
  ]);
  for (const row of rows) traceRowSchema.parse(row);
});

it("samples from before and after the measurement are left out, but a queue begins as it was", () => {
  const queues = "400.0 1 1500 0 0 0 0\n490.0 2 3000 0 7 500 1\n1000.0 0 0 0 9 700 1\n2000.0 0 0 0 0 0 1\n";
  const tcp = [
    { host: "server", lines: "999.0 80 10.0.0.9 4 0 10 9 0 0 0 0 0 0\n2001.0 80 10.0.0.9 4 0 10 9 0 0 0 0 0 0\n" },
  ];
  const rows = traceRows({ ...NOTHING, tcp, links: [{ link: "wan", queues, clockOffsetMillis: 500 }] }, WINDOW).slice(
    1,
  );
  const seen = rows.map((row) =>
    row.kind === "queue" ? [row.direction, row.seconds, row.packets, row.droppedPackets] : [],
  );
  assert.deepEqual(seen, [
    ["forward", 0, 2, 0],
    ["backward", 0, 7, 1],
    ["forward", 0.5, 0, 0],
    ["backward", 0.5, 9, 1],
  ]);
});

it("a RUDP connection's lines count from when it began, under TCP's names", () => {
  const line = {
    windowSegments: 12.5,
    thresholdSegments: null,
    inFlightSegments: 3,
    smoothedRttMillis: 0,
    phase: "fast",
  };
  const connections = [
    { peer: "10.0.0.9:4444", beganMillis: 1200, lines: [{ ...line, atMillis: 50, resentSegments: 1 }] },
  ];
  const [, row] = traceRows({ ...NOTHING, rudp: [{ host: "rudp-sink", connections }] }, WINDOW);
  assert.deepEqual(row, {
    kind: "rudp",
    host: "rudp-sink",
    connection: "rudp-sink to client:4444",
    seconds: 0.25,
    cwndSegments: 12.5,
    ssthreshSegments: null,
    srttMillis: null,
    leastRttMillis: null,
    resentSegments: 1,
    inFlightSegments: 3,
    deliveryBitsPerSecond: null,
    ackedBytes: null,
    state: "recovery",
  });
  traceRowSchema.parse(row);
});

it("only the timer makes a time-out of a RUDP connection: a restart after duplicates is a recovery", () => {
  const line = {
    windowSegments: 1,
    thresholdSegments: 5,
    inFlightSegments: 1,
    smoothedRttMillis: 0,
    resentSegments: 1,
  };
  const lines = ["open", "restart", "timeout"].map((phase, at) => ({ ...line, atMillis: at, phase }));
  const connections = [{ peer: "10.0.0.9:4000", beganMillis: 1200, lines }];
  const rows = traceRows({ ...NOTHING, rudp: [{ host: "rudp-client", connections }] }, WINDOW);
  assert.deepEqual(
    rows.flatMap((row) => (row.kind === "rudp" ? [row.state] : [])),
    ["open", "recovery", "loss"],
  );
});

it("several connections of a RUDP endpoint to one peer have names of their own", () => {
  const line = { atMillis: 0, windowSegments: 10, thresholdSegments: null, inFlightSegments: 0, phase: "open" };
  const lines = [{ ...line, smoothedRttMillis: 0, resentSegments: 0 }];
  const to = (peer: string) => ({ peer, beganMillis: 1200, lines });
  const connections = [to("10.0.0.9:4000"), to("10.0.0.9:4000"), to("10.0.0.9:4001")];
  const rows = traceRows({ ...NOTHING, rudp: [{ host: "rudp-client", connections }] }, WINDOW);
  assert.deepEqual(
    rows.flatMap((row) => (row.kind === "rudp" ? [row.connection] : [])),
    ["rudp-client to client:4000", "rudp-client to client:4000 (2)", "rudp-client to client:4001"],
  );
});
