// Images on their way between two engines, which are HTTP servers here: one that never ends what it
// saves, and one that reads it.

import assert from "node:assert/strict";
import { type EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import Docker from "dockerode";
import { copyImages } from "./carry.ts";

describe("images on their way to another engine", { timeout: 10_000 }, () => {
  it("are given up by both engines when interrupted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rttlab-"));
    const places = [join(folder, "from.sock"), join(folder, "to.sock")] as const;
    await using from = createServer((_request, response) => void response.write("the beginning")).listen(places[0]);
    await using to = createServer((request) => void request.resume()).listen(places[1]);
    await Promise.all([once(from, "listening"), once(to, "listening")]);
    const [source, target] = places.map((socketPath) => ({ docker: new Docker({ socketPath }) }));
    assert.ok(source !== undefined && target !== undefined);

    const interruption = new AbortController();
    const requests = Promise.all([once(from, "request"), once(to, "request")]);
    const copying = copyImages(["rttlab/any:0"], source, target, interruption.signal);
    const [[, saving], [loading]] = await requests;
    const closed = Promise.all([untilClosed(saving), untilClosed(loading)]);
    interruption.abort();
    await assert.rejects(copying, /loading images/);
    await closed;
    await rm(folder, { recursive: true });
  });
});

/** Whether or not with an error. */
function untilClosed(end: EventEmitter): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  end.once("close", resolve);
  return promise;
}
