// topology/apply against a real engine: the error for each failure of Docker, of an image or of a
// service.

import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createContainer, removeContainer, runContainer } from "../../topology/apply/container.ts";
import { connectDocker, type Engine, isGone } from "../../topology/apply/docker.ts";
import { imageOf } from "../../topology/apply/image-of.ts";
import { buildImage } from "../../topology/apply/images.ts";
import { createNetwork } from "../../topology/apply/network.ts";
import { performer } from "../../topology/apply/perform.ts";
import { openRelays } from "../../topology/apply/relay.ts";
import { requestService } from "../../topology/apply/request.ts";
import { runSteps } from "../../topology/apply/run.ts";
import { bringUp, clean, DATA, HOST, host, network, other, ROOT, step, wiring } from "./apply-host.ts";
import { runBounded } from "./child.ts";

describe("what Docker refuses", { timeout: 300_000 }, () => {
  let engine: Engine;
  let image = "";

  before(async () => {
    ({ engine, image } = await bringUp());
  });
  after(() => clean(engine));

  it("an image that is not there", async () => {
    const missing = { ...host(image), name: `${HOST}-2`, image: "rttlab/host:none" };
    await assert.rejects(runContainer(engine, missing), { code: "E_IMAGE_MISSING" });
  });

  it("a name that is taken", async () => {
    await assert.rejects(runContainer(engine, host(image)), { code: "E_NAME_CONFLICT" });
    await assert.rejects(createNetwork(engine, network(DATA, "198.18.90")), { code: "E_NAME_CONFLICT" });
  });

  it("an address that is taken", async () => {
    const twin = { ...host(image), name: `${HOST}-2` };
    await assert.rejects(runContainer(engine, twin), { code: "E_ADDRESS_IN_USE" });
    await assert.rejects(imageOf(engine, twin.name), isGone, "what could not start is removed");
  });

  it("a subnet that overlaps", async () => {
    const overlapping = network("rttlab-apply-test-other", "198.18.77");
    await assert.rejects(createNetwork(engine, overlapping), { code: "E_SUBNET_OVERLAP" });
  });

  it("a port that is busy", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const hostPort = (server.address() as { port: number }).port;
    const publishing = other(image, { ports: [{ containerPort: 80, hostPort }] });
    await assert.rejects(runContainer(engine, publishing), { code: "E_PORT_IN_USE" });
    await assert.rejects(imageOf(engine, publishing.name), isGone, "what could not start is removed");
    server.close();
  });

  it("a service that stops before it is ready: its exit and its last words", async () => {
    const broken = other(image, { command: ["sh", "-c", "echo no such file >&2; exit 9"] });
    await assert.rejects(runContainer(engine, broken), {
      code: "E_NOT_READY",
      message: /exit 9[\s\S]*no such file/,
    });
    await removeContainer(engine, broken.name);
  });

  it("a wait for readiness that is interrupted", async () => {
    const silent = other(image, { command: ["sleep", "60"] });
    await assert.rejects(runContainer(engine, silent, AbortSignal.timeout(500)), { code: "E_INTERRUPTED" });
    await removeContainer(engine, silent.name);
  });

  it("Docker stopped midway: the failed step is named, and the code is that of a missing Docker", async () => {
    const gateway = await engineGateway(engine);
    const behind = await connectDocker([{ url: `unix://${gateway.path}`, source: "a test" }]);
    const silent = other(image, { command: ["sleep", "60"] });
    const creation = step({ op: "create-container", container: silent });
    const readiness = step({ op: "await-ready", container: silent }, creation.id);
    const onDone = () => void gateway.close();
    await assert.rejects(runSteps([creation, readiness], performer(behind, ROOT), { onDone }), {
      code: "E_DOCKER_UNAVAILABLE",
      message: /await-ready/,
    });
    await removeContainer(engine, silent.name);
  });

  it("Docker stopped while a container starts: an error, and no crash", async () => {
    const gateway = await engineGateway(engine, /^POST \S+\/start /);
    const behind = await connectDocker([{ url: `unix://${gateway.path}`, source: "a test" }]);
    const silent = other(image, { command: ["sleep", "60"] });
    await assert.rejects(createContainer(behind, silent), { code: "E_DOCKER_UNAVAILABLE", message: /^starting / });
    await removeContainer(engine, silent.name);
  });

  it("a container that is not running takes no request", async () => {
    await assert.rejects(requestService(engine, wiring(image).name, "server.status", {}), { code: "E_NOT_RUNNING" });
    await assert.rejects(requestService(engine, "rttlab-apply-test-none", "server.status", {}), {
      code: "E_NO_CONTAINER",
    });
  });

  it("a service that goes away without an answer: its container's end, also where that comes later", async () => {
    const broken = other(image, { command: ["node", "-e", goesAway("setTimeout(() => process.exit(3), 200)")] });
    await using relays = openRelays(engine);
    const ways: (typeof requestService<"server.status">)[] = [
      requestService,
      (_engine, ...request) => relays.request(...request),
    ];
    for (const ask of ways) {
      await runContainer(engine, broken);
      await assert.rejects(ask(engine, broken.name, "server.status", {}), {
        code: "E_NOT_RUNNING",
        message: /stopped with exit 3/,
      });
      await removeContainer(engine, broken.name);
    }
  });

  it("a service that goes away in a container that runs on: nothing waits for its end any longer", async () => {
    const broken = other(image, { command: ["node", "-e", goesAway("")] });
    await runContainer(engine, broken);
    const program = `
      import { connectDocker } from "${ROOT}/topology/apply/docker.ts";
      import { requestService } from "${ROOT}/topology/apply/request.ts";
      const asking = requestService(await connectDocker(), "${broken.name}", "server.status", {});
      console.log((await asking.catch((error) => error)).message);`;
    const words = ["--no-warnings", "--input-type=module", "--eval", program];
    const { stdout } = await runBounded(process.execPath, words, {}, ENDS_WITHIN_MILLIS);
    assert.match(stdout, /its container runs on/);
    await removeContainer(engine, broken.name);
  });

  it("a build that fails says at which line, and what was said there", async () => {
    const root = await mkdtemp(join(tmpdir(), "rttlab-root-"));
    for (const part of ["package.json", "services/package.json", "services/package-lock.json", "images/base"]) {
      await cp(join(ROOT, part), join(root, part), { recursive: true });
    }
    await mkdir(join(root, "images", "host"));
    await writeFile(join(root, "images", "host", "Dockerfile"), "ARG BASE\nFROM $BASE\nRUN echo oh no && false\n");
    await assert.rejects(buildImage(engine, root, "host", "rttlab/host:broken"), {
      code: "E_IMAGE_BUILD",
      message: /building host: .*non-zero code: 1[\s\S]*oh no/,
    });
    await rm(root, { recursive: true });
  });
});

/** A program that left a request of the engine open would never end. */
const ENDS_WITHIN_MILLIS = 30_000;

/** A service that closes a request's connection, as that of a link does a moment before it ends. */
function goesAway(next: string): string {
  return `
    const service = require("node:net").createServer((socket) => {
      socket.destroy();
      ${next}
    });
    service.listen("/run/rttlab/control.sock", () => console.error('{"event":"ready"}'));`;
}

/**
 * A socket that leads to the engine until it is closed, as when Docker stops. At the request `last`
 * it closes by itself.
 */
async function engineGateway(
  { endpoint }: Engine,
  last: RegExp | null = null,
): Promise<{ path: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-gateway-"));
  const path = join(folder, "docker.sock");
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(endpoint.url.replace("unix://", ""));
    near.on("data", (request) => {
      if (last?.test(request.toString("latin1"))) void close();
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  }).listen(path);
  await once(server, "listening");
  const close = async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(folder, { recursive: true, force: true });
  };
  return { path, close };
}
