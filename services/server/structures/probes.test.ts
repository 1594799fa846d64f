// The cases of the protocol as probes over real sockets: every structure sends the very octets that
// the protocol does without any (cases/run-answers.ts), but for the time.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { after, it } from "node:test";
import { everyStructure, startServer } from "../cases/loopback-server.ts";
import { type Case, readCases } from "../cases/read-cases.ts";
import { createFixture, serve } from "../cases/run-answers.ts";

const CASES = join(import.meta.dirname, "../cases");
/** As many at a time; those of structures that start a worker for each wait for it together. */
const TOGETHER = 4;

const fixture = createFixture(1_000_000);
after(() => fixture.remove());

const probes = readdirSync(CASES)
  .filter((name) => name.endsWith(".cases.md"))
  .flatMap((name) => readCases(name, readFileSync(join(CASES, name), "utf8"), fixture.substitutes))
  .filter(({ kind }) => kind === "answers");

/** A worker for each probe takes long to start, and its program is that of the pools. */
const everyTenth = probes.filter((_, index) => index % 10 === 0);

for (const [name, structure] of everyStructure())
  it(`${name} answers the probes as the protocol does`, async () => {
    await using server = await startServer(structure, fixture.root, { workers: TOGETHER, serverTiming: false });
    const rest = name === "thread" || name === "fork" ? [...everyTenth] : [...probes];
    const probeOneByOne = async () => {
      for (let one = rest.pop(); one !== undefined; one = rest.pop()) await probe(server.port, one);
    };
    await Promise.all(Array.from({ length: TOGETHER }, probeOneByOne));
  });

async function probe(port: number, { input, inputEnds, place }: Case): Promise<void> {
  const { sent, closes } = serve(fixture.site, [input], inputEnds, Date.now());
  const received = await answerTo(port, input, inputEnds, closes ? Number.POSITIVE_INFINITY : sent.length);
  assert.equal(constant(received), constant(sent), place);
}

/** Everything up to the close, or to as many octets. */
function answerTo(port: number, input: Buffer, inputEnds: boolean, length: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let received = 0;
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const finish = () => {
    resolve(Buffer.concat(chunks));
    socket.destroy();
  };
  const check = () => received >= length && finish();
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    check();
  });
  socket.on("end", finish).on("error", reject);
  socket.write(input, check);
  if (inputEnds) socket.end();
  return promise;
}

/** Without what differs from answer to answer: the time, and the boundary between parts. */
function constant(octets: Buffer): string {
  const text = octets.toString("latin1").replaceAll(/\r\nDate: [^\r]+/g, "");
  const boundary = /; boundary=(.+)\r\n/.exec(text)?.[1];
  return boundary === undefined ? text : text.replaceAll(boundary, "boundary");
}
