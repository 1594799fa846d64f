import assert from "node:assert/strict";
import { it } from "node:test";
import { whileCounted } from "./window-counts.ts";

const COUNTS = { lossEvents: 7, timeouts: 1, resentSegments: 9 };

it("the losses of a window are counted from the end of its warm-up, while the measurement goes on", async () => {
  const { promise: wasRead, resolve } = Promise.withResolvers<string>();
  const readTcp = async (host: string) => {
    resolve(host);
    return COUNTS;
  };
  const { measured, tcp } = await whileCounted({ readTcp }, { host: "server", warmupSeconds: 0.01 }, () => wasRead);
  assert.deepEqual([measured, tcp], ["server", COUNTS]);
});

it("they are not read without a warm-up, nor if the measurement ends or fails before", async () => {
  const readTcp = () => Promise.reject(new Error("it was read"));
  const none = await whileCounted({ readTcp }, { host: "server", warmupSeconds: 0 }, async () => 1);
  const short = await whileCounted({ readTcp }, { host: "server", warmupSeconds: 3600 }, async () => 2);
  assert.deepEqual([none.tcp, short.tcp], [null, null]);
  const failing = whileCounted({ readTcp }, { host: "server", warmupSeconds: 3600 }, async () => {
    throw new Error("it failed");
  });
  await assert.rejects(failing, /it failed/);
});
