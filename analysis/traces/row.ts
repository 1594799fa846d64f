// A line of a trace file (docs/results.md): the numbers of a connection, or of a queue, at one
// moment. The zod schema checks files and makes the JSON Schema beside this file. Seconds count
// from the request for the run's measurement.

import { z } from "zod";

const count = z.number().int().nonnegative();
const seconds = z.number().describe("Since the measurement was asked for");

const head = z.strictObject({
  kind: z.literal("run"),
  run: count.describe("The run's index in runs.ndjson"),
  cell: z.string(),
  atMillis: z.number().describe("Zero of the seconds, since the epoch: capture files have that clock"),
  everyMillis: z.number().positive(),
  packets: z.exactOptional(count).describe("The most of a capture; early versions do not say"),
});

const connection = z.strictObject({
  kind: z.enum(["tcp", "rudp"]),
  host: z.string().describe("Whose end of the connection this is"),
  connection: z.string().describe("server:80 to client:40112"),
  seconds,
  cwndSegments: z.number().nonnegative(),
  ssthreshSegments: z.number().nonnegative().nullable().describe("null: not set yet"),
  srttMillis: z.number().nonnegative().nullable().describe("null: nothing was timed yet"),
  leastRttMillis: z.number().nonnegative().nullable(),
  resentSegments: count.describe("Up to then"),
  inFlightSegments: count,
  deliveryBitsPerSecond: z.number().nonnegative().nullable().describe("As the kernel estimates it; null of RUDP"),
  ackedBytes: count.nullable(),
  state: z.enum(["open", "disorder", "cwr", "recovery", "loss"]).describe("Of recovery, by the kernel's names"),
});

const queue = z.strictObject({
  kind: z.literal("queue"),
  link: z.string(),
  direction: z.enum(["forward", "backward"]),
  seconds,
  packets: count,
  bytes: count,
  droppedPackets: count.describe("Since the cell was set"),
});

export const traceRowSchema = z.discriminatedUnion("kind", [head, connection, queue]);

export type TraceRow = z.infer<typeof traceRowSchema>;
export type ConnectionRow = z.infer<typeof connection>;
export type QueueRow = z.infer<typeof queue>;

export function traceRowJsonSchema(): object {
  return { ...z.toJSONSchema(traceRowSchema), title: "a line of an rttlab trace" };
}
