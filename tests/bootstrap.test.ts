// bin/rttlab from outside, under the Node that a person has: what it prints, refuses, passes on, and where it looks for Docker.
// What needs an installation from nothing is in docker/fresh-clone.test.ts.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, describe, it } from "node:test";
import { enginePlaces, findEngine } from "../bin/setup/docker-socket.mjs";
import { withLock } from "../bin/setup/lock.mjs";
import { ROOT } from "./rules/sources.ts";

const folder = await mkdtemp(join(tmpdir(), "rttlab-bootstrap-"));
after(() => rm(folder, { recursive: true }));

describe("bin/rttlab", () => {
  it("lists every command with an example", async () => {
    const { status, stdout, stderr } = await rttlab(["--help"]);
    assert.equal(status, 0);
    assert.equal(stderr, "");
    for (const word of ["topology", "check", "test", "generate", "bench", "server", "rudp", "soak", "study"]) {
      assert.match(stdout, new RegExp(`^ {2}${word} .*\\./bin/rttlab ${word}`, "m"));
    }
  });

  it("refuses an unknown word and names the nearest", async () => {
    const { status, stdout, stderr } = await rttlab(["topolgy", "up"]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^E_USAGE: .*did you mean "topology"\?/);
  });

  it("makes no guess at a word that is like none", async () => {
    const { status, stderr } = await rttlab(["constructor"]);
    assert.equal(status, 2);
    assert.doesNotMatch(stderr, /did you mean/);
  });

  it("asks for a word when there is none", async () => {
    const { status, stdout, stderr } = await rttlab([]);
    assert.equal(status, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^Usage: /m);
  });

  it("says of a part that is not there yet that it comes later", async () => {
    const { status, stderr } = await rttlab(["study", "list"]);
    assert.equal(status, 2);
    assert.match(stderr, /^E_USAGE: run study: /);
  });

  it("keeps to the engine that DOCKER_HOST names, and says how to leave it", async () => {
    const missing = `unix://${join(folder, "none.sock")}`;
    const { status, stdout, stderr } = await rttlab(["topology", "status"], { DOCKER_HOST: missing });
    assert.equal(status, 3);
    assert.equal(stdout, "");
    assert.match(stderr, /^E_DOCKER_UNAVAILABLE: .*none\.sock.*DOCKER_HOST/);
    assert.match(stderr, /unset DOCKER_HOST/);
  });
});

describe("the place of the Docker engine", () => {
  it("is DOCKER_HOST before everything else", () => {
    const [place, ...others] = enginePlaces({ DOCKER_HOST: "tcp://127.0.0.1:2375", DOCKER_CONTEXT: "other" });
    assert.deepEqual(others, []);
    assert.deepEqual(place?.connection, { protocol: "http", host: "127.0.0.1", port: 2375 });
  });

  it("is that of the current context of the docker command", async () => {
    const digest = createHash("sha256").update("colima").digest("hex");
    const meta = join(folder, "contexts", "meta", digest);
    await mkdir(meta, { recursive: true });
    await writeFile(join(folder, "config.json"), JSON.stringify({ currentContext: "colima" }));
    await writeFile(
      join(meta, "meta.json"),
      JSON.stringify({ Endpoints: { docker: { Host: "unix:///colima.sock" } } }),
    );
    assert.deepEqual(enginePlaces({ DOCKER_CONFIG: folder }), [
      {
        source: "context colima",
        chosen: true,
        url: "unix:///colima.sock",
        connection: { socketPath: "/colima.sock" },
      },
    ]);
  });

  it("is the usual socket when nothing was chosen", () => {
    const [place] = enginePlaces({ HOME: folder, DOCKER_CONFIG: join(folder, "none") });
    assert.equal(place?.chosen, false);
  });

  it("counts only where an engine answers", async () => {
    const socket = join(folder, "engine.sock");
    let status = 500;
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/_ping" ? status : 404;
      response.end();
    }).listen(socket);
    await once(server, "listening");
    const environment = { DOCKER_HOST: `unix://${socket}` };
    const refused = await findEngine(environment);
    assert.equal(refused.engine, undefined);
    assert.match(refused.attempts[0]?.reason ?? "", /500/);
    status = 200;
    const found = await findEngine(environment);
    assert.deepEqual(found.engine?.connection, { socketPath: socket });
    server.close();
    await once(server, "close");
  });

  it("may be one that we cannot speak to, which is said", async () => {
    const { engine, attempts } = await findEngine({ DOCKER_HOST: "ssh://somewhere" });
    assert.equal(engine, undefined);
    assert.match(attempts[0]?.reason ?? "", /only unix, npipe and tcp/);
  });
});

describe("the lock of the set-up", () => {
  it("lets one in at a time", async () => {
    const root = await mkdtemp(join(folder, "lock-"));
    const first = Promise.withResolvers<void>();
    const order: string[] = [];
    const entered = Promise.withResolvers<void>();
    const one = withLock(root, async () => {
      entered.resolve();
      await first.promise;
      order.push("first");
    });
    await entered.promise;
    const two = withLock(root, () => void order.push("second"));
    first.resolve();
    await Promise.all([one, two]);
    assert.deepEqual(order, ["first", "second"]);
  });

  it("is taken over from processes that are gone", async () => {
    const root = await mkdtemp(join(folder, "stale-"));
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    await mkdir(join(root, ".rttlab"));
    await writeFile(join(root, ".rttlab", "setup.lock"), `${gone.pid} ${gone.pid}`);
    let entered = false;
    await withLock(root, () => {
      entered = true;
    });
    assert.ok(entered);
  });
});

describe("a command", () => {
  it("gives its exit status to rttlab", async () => {
    const { ended } = await startMain("process.exit(7 as number);");
    assert.deepEqual(await ended, [7, null]);
  });

  it("is told when rttlab is asked to end, and may end as it likes", async () => {
    const { wrapper, ended } = await startMain(
      'process.once("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1e6); console.log("ready");',
    );
    await once(wrapper.stdout, "data");
    wrapper.kill("SIGTERM");
    assert.deepEqual(await ended, [5, null]);
  });

  it("that dies of a signal takes rttlab with it by the same", async () => {
    const { ended } = await startMain('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1e6);');
    assert.deepEqual(await ended, [null, "SIGTERM"]);
  });
});

/** A process that becomes the given TypeScript, as bin/rttlab does. */
async function startMain(source: string) {
  const main = join(await mkdtemp(join(folder, "main-")), "main.ts");
  await writeFile(main, source);
  const become = `import { runMain } from ${JSON.stringify(new URL("../bin/setup/run.mjs", import.meta.url))};
    await runMain(process.execPath, ${JSON.stringify(main)}, []);`;
  const wrapper = spawn(process.execPath, ["--input-type=module", "--eval", become], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { wrapper, ended: once(wrapper, "exit") };
}

async function rttlab(words: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, ["bin/rttlab", ...words], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { status: status as number | null, stdout, stderr };
}
