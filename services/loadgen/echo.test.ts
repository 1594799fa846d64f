// Messages to echo servers: hostile ones among them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseSettings } from "../../lib/contract/load/settings.ts";
import { parseWords } from "../../lib/contract/load/words.ts";
import { askingOf } from "./asked.ts";
import { emptyCounters } from "./counters.ts";
import { serve } from "./lab/raw-server.ts";
import { runLoad } from "./run.ts";

function run(target: string, ...words: string[]) {
  const settings = parseSettings({ rttMillis: 1, ...parseWords(["protocol=echo", ...words]), target });
  return runLoad(settings, null, emptyCounters(), () => {}, new AbortController().signal);
}

describe("a load of messages", () => {
  it("fails where other octets come back, fewer, or none", async (context) => {
    const wrong = await serve(context, (socket, message) => void socket.write(`${message.slice(1)}!`, "latin1"));
    const short = await serve(context, (socket, message) => void socket.end(message.slice(0, -1), "latin1"));
    const silent = await serve(context, () => {});
    const kinds = async (target: string, ...words: string[]) => (await run(target, "requests=1", ...words)).failures;
    assert.equal((await kinds(wrong.target)).wrong, 1);
    assert.equal((await kinds(short.target)).short, 1);
    assert.equal((await kinds(silent.target, "timeout=100ms")).timeout, 1);
  });

  it("has 64 octets a message where nothing else is asked for, and nothing of HTTP", async (context) => {
    const { target, seen } = await serve(context, (socket, message) => void socket.write(message, "latin1"));
    await run(target, "requests=1");
    assert.equal(seen.requests[0]?.length, 64);
    const words = ["protocol=echo", "path=/a", "http=1.0", "size=1GiB", "method=HEAD"];
    assert.throws(
      () => parseSettings(parseWords(words)),
      ({ problems }: { problems: { path: string }[] }) => {
        const paths = new Set(problems.map(({ path }) => path));
        return ["path", "method", "httpVersion", "size"].every((path) => paths.has(path));
      },
    );
  });

  it("begins when its messages are made, so that it is not late for the work of that", async (context) => {
    const { target } = await serve(context, (socket, piece) => void socket.write(piece, "latin1"));
    const words = ["requests=1", "size=10MiB"];
    const beganMillis = performance.now();
    askingOf(parseSettings({ ...parseWords(["protocol=echo", ...words]), target }), (bytes) => ({
      bytes,
      pointer: 0n,
    }));
    const makingMillis = performance.now() - beganMillis;
    const { completed, invalid, latencies } = await run(target, ...words);
    const lagMillis = (latencies.lag.maxMicros ?? Number.NaN) / 1000;
    assert.equal(completed, 1);
    assert.ok(!invalid.some((reason) => /late/.test(reason)), `${invalid}`);
    assert.ok(lagMillis < makingMillis / 2, `${lagMillis} of ${makingMillis} ms`);
  });

  it("may be given whole, as a generator gives its threads and others their shares", () => {
    const settings = parseSettings(parseWords(["protocol=echo"]));
    assert.deepEqual(parseSettings({ ...settings }), settings);
  });
});
