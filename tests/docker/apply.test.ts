// topology/apply against a real engine: a network and a hardened, wired host made from specs, commands and requests in it,
// and what each failure of Docker's is turned into. Subnets are of 198.18.0.0/15, set aside for tests (RFC 2544).

import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, suite, test } from "node:test";
import { findBackend } from "../../topology/apply/backend.ts";
import { createContainer, createNetwork, removeContainer, removeNetwork } from "../../topology/apply/container.ts";
import { connectDocker, type Engine } from "../../topology/apply/docker.ts";
import { execute, requestService } from "../../topology/apply/exec.ts";
import { buildImage, imageTags, presentImages } from "../../topology/apply/images.ts";
import { logLines } from "../../topology/apply/logs.ts";
import { observe, observeTestbeds } from "../../topology/apply/observe.ts";
import { performer } from "../../topology/apply/perform.ts";
import { runSteps } from "../../topology/apply/run.ts";
import { wireHost } from "../../topology/apply/wiring.ts";
import type { Action, ContainerSpec, NetworkSpec, Step, WiringSpec } from "../../topology/plan/step.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const LABELS = { "rttlab.scenario": "apply-test", "rttlab.role": "host" };
const HOST = "rttlab-apply-test-host";
const [DATA, MGMT] = ["rttlab-apply-test-data", "rttlab-apply-test-mgmt"];

/** A service as the contract has it, in one line: it answers requests, says that it is ready, and stays. */
const SERVICE = `
  const { serveRequests } = await import("/rttlab/lib/service/control.ts");
  await serveRequests({
    status: () => ({ answer: 42 }),
    wait: (_request, emit, signal) => new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve({ cancelled: true }));
      emit("waiting");
    }),
  });
  console.error("not JSON");
  console.error(JSON.stringify({ event: "ready" }));`;

suite("applying steps to Docker", { timeout: 300_000 }, () => {
  let engine: Engine;
  let image = "";

  before(async () => {
    engine = await connectDocker();
    const tags = await imageTags(ROOT, engine.architecture);
    image = tags.host;
    const present = await presentImages(engine);
    for (const name of ["base", "host"] as const) {
      if (!present.includes(tags[name])) await buildImage(engine, ROOT, name, tags[name]);
    }
    await clean();
    const steps = [
      step({ op: "create-network", network: network(DATA, "198.18.77") }),
      step({ op: "create-network", network: network(MGMT, "198.18.78") }),
      step({ op: "create-container", container: host() }, `create-network ${DATA}`, `create-network ${MGMT}`),
      step({ op: "wire-host", wiring: wiring() }, `create-container ${HOST}`),
    ];
    await runSteps(steps, performer(engine, ROOT));
  });
  after(() => clean());

  test("a host runs as a user without capabilities, on a root that it cannot write, with limits", async () => {
    const status = await inHost("cat /proc/self/status");
    assert.match(status, /^Uid:\s+1000\s/m);
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      assert.match(status, new RegExp(`^${set}:\\s+0+$`, "m"), set);
    }
    assert.match(status, /^NoNewPrivs:\s+1$/m);
    assert.match(await inHost("touch /probe 2>&1 || true"), /Read-only file system/);
    const { HostConfig } = await engine.docker.getContainer(HOST).inspect();
    assert.deepEqual([HostConfig.Memory, HostConfig.MemorySwap, HostConfig.PidsLimit], [2 ** 27, 2 ** 27, 64]);
    assert.equal(HostConfig.Privileged, false);
  });

  test("a host reaches the testbed's networks only: its default route and the gateways lead nowhere", async () => {
    const routes = await inHost("ip route");
    assert.match(routes, /^unreachable default/m);
    assert.doesNotMatch(routes, /^default/m);
    assert.match(routes, /^blackhole 198\.18\.77\.1/m);
    assert.match(routes, /^198\.18\.79\.0\/24 via 198\.18\.77\.2 .*congctl cubic/m);
    assert.match(await inHost("ping -c 1 -W 1 192.0.2.1 2>&1 || true"), /No route to host/);
    assert.match(await inHost("ping -c 1 -W 1 198.18.77.1 2>&1 || true"), /Invalid argument|100% packet loss/);
  });

  test("ping works without capabilities", async () => {
    assert.match(await inHost("ping -c 1 -W 1 198.18.77.10"), / 0% packet loss/);
  });

  test("offloads of the data interface are off", async () => {
    const features = await inHost(
      "ethtool -k $(ip -4 -o address show | grep -F 198.18.77.10/ | cut -d ' ' -f 2) 2>/dev/null",
    );
    for (const offload of ["tcp-segmentation-offload", "generic-segmentation-offload", "generic-receive-offload"]) {
      assert.match(features, new RegExp(`^${offload}: off`, "m"), offload);
    }
  });

  test("wiring may be repeated, and its helper stays behind, exited, with NET_ADMIN only", async () => {
    await wireHost(engine, wiring());
    const { State, HostConfig } = await engine.docker.getContainer(wiring().name).inspect();
    assert.deepEqual([State.Status, State.ExitCode], ["exited", 0]);
    assert.deepEqual(HostConfig.CapAdd, ["NET_ADMIN"]);
    assert.deepEqual(HostConfig.CapDrop, ["ALL"]);
  });

  test("wiring an address that the host has not fails and says so", async () => {
    const wrong = { ...wiring(), dataAddresses: ["198.18.77.99"] };
    await assert.rejects(wireHost(engine, wrong), {
      code: "E_WIRING",
      message: /no interface has the address 198\.18\.77\.99/,
    });
    await wireHost(engine, wiring());
  });

  test("a command gets its input and gives its output, its errors and its exit status, each apart", async () => {
    const [output, errors] = [new PassThrough(), new PassThrough()];
    const input = Readable.from(["first\n", "second\n"]);
    const status = await execute(engine, HOST, ["sh", "-c", "cat; echo oh >&2; exit 3"], { input, output, errors });
    output.end();
    errors.end();
    assert.deepEqual([status, await text(output), await text(errors)], [3, "first\nsecond\n", "oh\n"]);
  });

  test("a command has a terminal of the size that is asked for", async () => {
    const output = new PassThrough();
    await execute(engine, HOST, ["sh", "-c", "sleep 0.2; stty size"], { output, terminal: { columns: 97, rows: 31 } });
    output.end();
    assert.match(await text(output), /31 97/);
  });

  test("a request is answered by the service", async () => {
    assert.deepEqual(await requestService(engine, HOST, { op: "status" }), { event: "done", answer: 42 });
  });

  test("a request is cancelled by its signal, and what the service answers is still had", async () => {
    const cancel = new AbortController();
    const onEvent = ({ event }: { event: string }) => event === "waiting" && cancel.abort();
    const done = await requestService(engine, HOST, { op: "wait" }, { signal: cancel.signal, onEvent });
    assert.deepEqual(done, { event: "done", cancelled: true });
  });

  test("an op that the service does not know is unsupported", async () => {
    await assert.rejects(requestService(engine, HOST, { op: "fly" }), { code: "E_UNSUPPORTED" });
  });

  test("the log is had as lines", async () => {
    assert.deepEqual(await Array.fromAsync(logLines(engine, HOST)), ["not JSON", '{"event":"ready"}']);
    assert.deepEqual(await Array.fromAsync(logLines(engine, HOST, { tail: 1 })), ['{"event":"ready"}']);
  });

  test("what exists is found by label, with its addresses, and is not foreign", async () => {
    const { backend } = await findBackend(engine, ROOT);
    const observed = await observe(engine, { root: ROOT, backend, candidatePorts: [9] });
    const container = observed.containers.find(({ name }) => name === HOST);
    assert.equal(container?.state, "running");
    assert.deepEqual(container?.addresses, { [DATA]: "198.18.77.10", [MGMT]: "198.18.78.10" });
    assert.ok((container?.startedAtMillis ?? 0) > 0);
    const record = observed.containers.find(({ name }) => name === wiring().name);
    assert.deepEqual([record?.state, record?.exitCode], ["exited", 0]);
    assert.equal(observed.networks.find(({ name }) => name === DATA)?.subnet, "198.18.77.0/24");
    assert.ok(!observed.foreignSubnets.includes("198.18.77.0/24"), "our own subnet is not foreign");
    assert.ok(observed.foreignSubnets.length > 0, "Docker's own bridge is");
    assert.ok(observed.imagesPresent.includes(observed.imageTags.host));
  });

  test("an image that is not there", async () => {
    const missing = { ...host(), name: `${HOST}-2`, image: "rttlab/host:none" };
    await assert.rejects(createContainer(engine, missing), { code: "E_IMAGE_MISSING" });
  });

  test("a name that is taken", async () => {
    await assert.rejects(createContainer(engine, host()), { code: "E_NAME_CONFLICT" });
    await assert.rejects(createNetwork(engine, network(DATA, "198.18.90")), { code: "E_NAME_CONFLICT" });
  });

  test("an address that is taken", async () => {
    const twin = { ...host(), name: `${HOST}-2` };
    await assert.rejects(createContainer(engine, twin), { code: "E_ADDRESS_IN_USE" });
    await removeContainer(engine, twin.name);
  });

  test("a subnet that overlaps", async () => {
    const overlapping = network("rttlab-apply-test-other", "198.18.77");
    await assert.rejects(createNetwork(engine, overlapping), { code: "E_SUBNET_OVERLAP" });
  });

  test("a port that is busy", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const hostPort = (server.address() as { port: number }).port;
    const publishing = other({ ports: [{ containerPort: 80, hostPort }] });
    await assert.rejects(createContainer(engine, publishing), { code: "E_PORT_IN_USE" });
    await removeContainer(engine, publishing.name);
    server.close();
  });

  test("a service that stops before it is ready: its exit and its last words", async () => {
    const broken = other({ command: ["sh", "-c", "echo no such file >&2; exit 9"] });
    await assert.rejects(createContainer(engine, broken), {
      code: "E_NOT_READY",
      message: /exit 9[\s\S]*no such file/,
    });
    await removeContainer(engine, broken.name);
  });

  test("a wait for readiness that is interrupted", async () => {
    const silent = other({ command: ["sleep", "60"] });
    await assert.rejects(createContainer(engine, silent, AbortSignal.timeout(500)), { code: "E_INTERRUPTED" });
    await removeContainer(engine, silent.name);
  });

  test("Docker stopped midway: the failed step is named, and the code is that of a missing Docker", async () => {
    const gateway = await engineGateway(engine);
    const behind = await connectDocker([{ url: `unix://${gateway.path}`, source: "a test" }]);
    const silent = other({ command: ["sleep", "60"] });
    const run = runSteps([step({ op: "create-container", container: silent })], performer(behind, ROOT));
    await assert.rejects(Promise.all([run, untilRunning(silent.name).then(() => gateway.close())]), {
      code: "E_DOCKER_UNAVAILABLE",
      message: new RegExp(`create-container ${silent.name}`),
    });
    await removeContainer(engine, silent.name);
  });

  test("a container that is not running takes no request", async () => {
    await assert.rejects(requestService(engine, wiring().name, { op: "status" }), { code: "E_NOT_RUNNING" });
    await assert.rejects(requestService(engine, "rttlab-apply-test-none", { op: "status" }), {
      code: "E_NO_CONTAINER",
    });
  });

  test("removing what is not there is well, and a network goes with what is still on it", async () => {
    await removeContainer(engine, "rttlab-apply-test-none");
    await removeNetwork(engine, "rttlab-apply-test-none");
    await createNetwork(engine, network("rttlab-apply-test-other", "198.18.91"));
    const left = other({ attachments: [{ network: "rttlab-apply-test-other", address: "198.18.91.5" }] });
    await createContainer(engine, left);
    await removeNetwork(engine, "rttlab-apply-test-other");
    await removeContainer(engine, left.name);
    const { networks } = await observeTestbeds(engine);
    assert.ok(!networks.some(({ name }) => name === "rttlab-apply-test-other"));
  });

  test("a build that fails says at which line, and what was said there", async () => {
    const root = await mkdtemp(join(tmpdir(), "rttlab-root-"));
    for (const part of ["package.json", "services/package.json", "services/package-lock.json", "images/base"]) {
      await cp(join(ROOT, part), join(root, part), { recursive: true });
    }
    await mkdir(join(root, "images", "host"));
    await writeFile(join(root, "images", "host", "Dockerfile"), "ARG BASE\nFROM ${BASE}\nRUN echo oh no && false\n");
    await assert.rejects(buildImage(engine, root, "host", "rttlab/host:broken"), {
      code: "E_IMAGE_BUILD",
      message: /building host: .*non-zero code: 1[\s\S]*oh no/,
    });
    await rm(root, { recursive: true });
  });

  async function inHost(script: string): Promise<string> {
    const output = new PassThrough();
    await execute(engine, HOST, ["sh", "-c", script], { output });
    output.end();
    return text(output);
  }

  async function untilRunning(name: string): Promise<void> {
    const events = await engine.docker.getEvents({ filters: { container: [name], event: ["start"] } });
    await once(events, "data");
    (events as Readable).destroy();
  }

  async function clean(): Promise<void> {
    const { containers, networks } = await observeTestbeds(engine);
    const ours = ({ labels }: { labels: Record<string, string> }) => labels["rttlab.scenario"] === "apply-test";
    for (const { name } of containers.filter(ours)) await removeContainer(engine, name);
    for (const { name } of networks.filter(ours)) await removeNetwork(engine, name);
  }

  function other(changes: Partial<ContainerSpec>): ContainerSpec {
    const attachments = [{ network: DATA, address: "198.18.77.20" }];
    return { ...host(), name: `${HOST}-2`, attachments, ...changes };
  }

  function host(): ContainerSpec {
    return {
      name: HOST,
      hostname: "host",
      image,
      labels: LABELS,
      command: ["node", "--input-type=module", "-e", SERVICE],
      environment: { RTTLAB_NAME: "host" },
      attachments: [
        { network: DATA, address: "198.18.77.10" },
        { network: MGMT, address: "198.18.78.10" },
      ],
      extraHosts: { peer: "198.18.79.10" },
      sysctls: { "net.ipv4.tcp_no_metrics_save": "1" },
      user: "1000:1000",
      capabilities: [],
      tmpfs: { "/run/rttlab": "uid=1000,gid=1000,mode=700" },
      memoryBytes: 2 ** 27,
      pidsLimit: 64,
      ports: [],
    };
  }

  function wiring(): WiringSpec {
    return {
      name: `${HOST}.wiring`,
      container: HOST,
      image,
      labels: LABELS,
      routes: [{ subnet: "198.18.79.0/24", via: "198.18.77.2" }],
      congestionControl: "cubic",
      blackholes: ["198.18.77.1", "198.18.78.1"],
      dataAddresses: ["198.18.77.10"],
    };
  }
});

function network(name: string, prefix: string): NetworkSpec {
  return { name, subnet: `${prefix}.0/24`, gateway: `${prefix}.1`, labels: LABELS, options: {} };
}

function step(action: Action, ...needs: string[]): Step {
  const target =
    action.op === "create-network"
      ? action.network.name
      : action.op === "create-container"
        ? action.container.name
        : action.op;
  return { id: `${action.op} ${target}`, target, because: "a test", needs, action };
}

/** A socket that leads to the engine until it is closed, as when Docker stops. */
async function engineGateway({ endpoint }: Engine): Promise<{ path: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-gateway-"));
  const path = join(folder, "docker.sock");
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = createConnection(endpoint.url.replace("unix://", ""));
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
