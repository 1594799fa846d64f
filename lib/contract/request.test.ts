// The client and the control socket, over a real Unix socket, with the client as a process of its
// own.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { serveRequests } from "./serving/requests.ts";

describe("a request", () => {
  let folder: string;
  let server: Server;
  let path: string;
  const cancelled = Promise.withResolvers<void>();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-request-"));
    path = join(folder, "control.sock");
    server = await serveRequests(
      {
        status: () => ({ held: 1 }),
        slow: async (_request, emit, signal) => {
          emit("began", {});
          await once(signal, "abort");
          cancelled.resolve();
          return {};
        },
      },
      path,
    );
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });

  function client(socket = path) {
    const child = spawn(process.execPath, [join(import.meta.dirname, "request.ts")], {
      env: { ...process.env, RTTLAB_CONTROL_SOCKET: socket },
    });
    return { child, ended: once(child, "exit"), output: text(child.stdout), errors: text(child.stderr) };
  }

  async function request(line: string, socket = path) {
    const { child, ended, output, errors } = client(socket);
    child.stdin.on("error", () => {}); // the client may have gone already
    child.stdin.write(`${line}\n`);
    const [exitCode] = await ended;
    return {
      exitCode,
      events: (await output)
        .trim()
        .split("\n")
        .map((each) => JSON.parse(each)),
      errors: await errors,
    };
  }

  it("is answered with done and exit 0", async () => {
    assert.deepEqual(await request('{"op":"status"}'), {
      exitCode: 0,
      events: [{ event: "done", held: 1 }],
      errors: "",
    });
  });

  it("for an op that is not known is unsupported, exit 127, which is not failed", async () => {
    const { exitCode, events } = await request('{"op":"fly"}');
    assert.deepEqual([exitCode, events[0].code], [127, "E_UNSUPPORTED"]);
  });

  it("that is no JSON fails with exit 1", async () => {
    assert.equal((await request("status")).exitCode, 1);
  });

  it("where no service listens fails with a word on it, exit 1, and no stack trace", async () => {
    const { exitCode, events, errors } = await request('{"op":"status"}', join(folder, "none.sock"));
    assert.deepEqual([exitCode, events[0].code, errors], [1, "E_REQUEST", ""]);
  });

  it("is cancelled when its input ends", async () => {
    const { child, ended } = client();
    child.stdin.write('{"op":"slow"}\n');
    await once(child.stdout, "data");
    child.stdin.end();
    await cancelled.promise;
    await ended;
  });
});
