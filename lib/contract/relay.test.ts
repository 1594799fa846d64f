// The relay over a real Unix socket, with the relay as a process of its own.

import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { serveRequests } from "./serving/requests.ts";

describe("a relay of requests", () => {
  let folder: string;
  let server: Server;
  let relay: ChildProcessWithoutNullStreams;
  let lines: AsyncIterator<string>;
  const cancelled = Promise.withResolvers<void>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-relay-"));
    const path = join(folder, "control.sock");
    const slow = async (_request: object, emit: (event: string, fields: object) => void, signal: AbortSignal) => {
      emit("began", {});
      await once(signal, "abort");
      cancelled.resolve();
      return { stopped: true };
    };
    server = await serveRequests({ echo: ({ word }) => ({ word }), slow }, path);
    relay = spawn(process.execPath, [join(import.meta.dirname, "relay.ts")], {
      env: { ...process.env, RTTLAB_CONTROL_SOCKET: path },
    });
    lines = createInterface({ input: relay.stdout })[Symbol.asyncIterator]();
  });
  after(async () => {
    relay.kill();
    server.close();
    await rm(folder, { recursive: true });
  });

  const send = (line: object) => relay.stdin.write(`${JSON.stringify(line)}\n`);

  async function next(count: number): Promise<{ id: number; event: string }[]> {
    const events: { id: number; event: string }[] = [];
    while (events.length < count) events.push(JSON.parse((await lines.next()).value));
    return events.sort((a, b) => a.id - b.id);
  }

  it("answers each of several requests by its own id, also while another is under way", async () => {
    send({ id: 1, op: "slow" });
    assert.deepEqual(await next(1), [{ id: 1, event: "began" }]);
    const answers = next(2);
    send({ id: 2, op: "echo", word: "a" });
    send({ id: 3, op: "echo", word: "b" });
    assert.deepEqual(await answers, [
      { id: 2, event: "done", word: "a" },
      { id: 3, event: "done", word: "b" },
    ]);
  });

  it("cancels the request that is named, and no other", async () => {
    const answer = next(1);
    send({ id: 1, cancel: true });
    await cancelled.promise;
    assert.deepEqual(await answer, [{ id: 1, event: "done", stopped: true }]);
  });

  it("passes a refusal on, and goes on", async () => {
    const refusal = next(1);
    send({ id: 4, op: "fly" });
    assert.equal((await refusal)[0]?.event, "failed");
    const answer = next(1);
    send({ id: 5, op: "echo", word: "c" });
    assert.deepEqual(await answer, [{ id: 5, event: "done", word: "c" }]);
  });

  it("says of a service that is gone that it cannot be reached, and ends with its input", async () => {
    server.close();
    await rm(join(folder, "control.sock"), { force: true });
    const answer = next(1);
    send({ id: 6, op: "echo" });
    const [said] = (await answer) as unknown as { code: string; message: string }[];
    assert.equal(said?.code, "E_REQUEST");
    relay.stdin.end();
    assert.deepEqual(await once(relay, "exit"), [0, null]);
  });
});
