// Clients of others load the page from the server across a link: real browsers, whose connections
// are counted, and telnet and netcat, as a person uses them.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { StartedTestContainer } from "testcontainers";
import { connectDocker } from "../../topology/apply/docker.ts";
import { builtImage } from "./apply-host.ts";
import type { Order, Visit } from "./browsers/page.ts";
import { rttlab, topology } from "./cli.ts";
import { engine, execIn } from "./engine.ts";
import { peerContainer } from "./peer.ts";
import { until } from "./prometheus.ts";

const SCENARIO = "browsers-test";
const FILE = `title: One page from a server of each version, across a link
networks: {servers: {}, site: {}}
hosts:
  server: {role: server, on: servers}
  old: {role: server, on: servers, environment: {SERVER_HTTP: "1.0"}}
  load-a: {role: loadgen, on: site}
links:
  wan: {between: [site, servers], rtt: 20ms, rate: 50mbit}
`;
const IMAGES = 4;
const OBJECTS = 1 + IMAGES;
const VISITS = 4;

let folder: string;
let clients: StartedTestContainer;

before(async () => {
  const browsers = await peerContainer("browsers", { BASE: await builtImage(await connectDocker(), "base") });
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  await writeFile(join(folder, `${SCENARIO}.yaml`), FILE);
  await topology("up", join(folder, `${SCENARIO}.yaml`), "uncalibrated", "idle");
  clients = await browsers
    .withNetworkMode(`container:rttlab-${SCENARIO}-load-a`)
    .withDroppedCapabilities("ALL")
    .start();
});

after(async () => {
  await clients?.stop(); // none, where the testbed did not come up
  await rttlab("topology", "down", SCENARIO);
  await rm(folder, { recursive: true });
});

for (const browser of ["chromium", "firefox"]) {
  describe(browser, () => {
    for (const order of ["at-once", "in-turn"] as const) {
      it(`opens a connection for each of the page's objects under HTTP/1.0, asked for ${order}`, async () => {
        assert.equal(await fewestConnections(OBJECTS, browser, order, "old", "http/1.0"), OBJECTS);
      });
    }

    it("needs one connection for all under HTTP/1.1, when it asks for them in turn", async () => {
      assert.equal(await fewestConnections(1, browser, "in-turn", "server", "http/1.1"), 1);
    });

    it("opens no more under HTTP/1.1 than it asks for at once, and uses the page's own again", async () => {
      const connections = await fewestConnections(IMAGES, browser, "at-once", "server", "http/1.1");
      assert.ok(connections <= IMAGES, `${connections} connections for a page and ${IMAGES} images`);
    });
  });
}

describe("a person at a terminal", () => {
  it("gets the page by telnet, and sees the server close", async () => {
    const shown = await typeInto(["telnet", "server", "80"], /Escape character/, ["GET / HTTP/1.0", ""]);
    assert.match(shown, /^HTTP\/1\.1 200 OK\r$.*^<h1>Site 1<\/h1>\r$.*Connection closed by foreign host/ms);
  });

  it("gets two pages over one connection by telnet", async () => {
    const lines = ["HEAD / HTTP/1.1", "Host: server", "", "GET / HTTP/1.1", "Host: server", "Connection: close", ""];
    const shown = await typeInto(["telnet", "server", "80"], /Escape character/, lines);
    assert.equal(shown.match(/^HTTP\/1\.1 200 OK\r$/gm)?.length, 2);
    assert.equal(shown.match(/<h1>Site 1<\/h1>/g)?.length, 1);
  });

  it("gets an answer with lines that a bare LF ends, as netcat sends them", async () => {
    const script =
      "printf 'GET /files/1KiB HTTP/1.1\\nHost: server\\nConnection: close\\n\\n' | nc server 80 | tail -c 1024 | wc -c";
    const { output } = await execIn(clients.getId(), "sh", "-c", script);
    assert.equal(output.trim(), "1024");
  });
});

describe("the server's profile", () => {
  it("shows where the time of their requests went, by operation and size, and the process's cost", async () => {
    await execIn(clients.getId(), "curl", "-s", "http://server/");
    const profile = await managementPage("server", "profile");
    assert.match(profile, /^structure event on \w+: \d+ requests, \d+ connections$/m);
    assert.match(profile, /^CPU per request: user [\d.]+ µs, system [\d.]+ µs; memory \d+ MiB$/m);
    for (const operation of [
      "request +1KiB",
      "accept +none",
      "parse +1KiB",
      "resolve +1KiB",
      "open +1KiB",
      "write +10KiB",
      "idle +none",
    ])
      assert.match(profile, new RegExp(`^${operation}( +[\\d.]+){5}$`, "m"), operation);
  });
});

/**
 * Both browsers open a spare connection, which carries nothing, when one is not set up within
 * 250 ms, as on a busy machine. So a visit with more than are needed is followed by another.
 */
async function fewestConnections(needed: number, ...visit: Parameters<typeof connectionsOf>): Promise<number> {
  const seen: number[] = [];
  while (seen.length < VISITS && !seen.some((connections) => connections <= needed)) {
    seen.push(await connectionsOf(...visit));
  }
  return Math.min(...seen);
}

/** How many connections the server accepted while a browser loaded the whole page. */
async function connectionsOf(browser: string, order: Order, server: string, protocol: string): Promise<number> {
  const earlier = await countersOf(server);
  const url = `http://${server}/`;
  const visit = ["node", "/rttlab/browsers/visit.ts", browser, order, url];
  const { output, exitCode } = await execIn(clients.getId(), ...visit);
  assert.equal(exitCode, 0, output);
  const { images, protocols } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as Visit;
  assert.equal(images, IMAGES);
  assert.deepEqual(protocols, Array(OBJECTS).fill(protocol));
  await until("the browser's connections are closed", async () => (await countersOf(server)).connections === 0);
  const later = await countersOf(server);
  assert.equal(later.requests - earlier.requests, OBJECTS);
  return later.accepted - earlier.accepted;
}

async function countersOf(server: string): Promise<{ connections: number; accepted: number; requests: number }> {
  const output = await managementPage(server, "metrics");
  const read = (name: string) =>
    [...output.matchAll(new RegExp(`^rttlab_http_${name}{.*} (\\d+)$`, "gm"))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  return { connections: read("connections"), accepted: read("accepted_total"), requests: read("requests_total") };
}

async function managementPage(server: string, page: string): Promise<string> {
  const command = `curl -sS http://$RTTLAB_MGMT_ADDRESS:9100/${page}`;
  return (await execIn(`rttlab-${SCENARIO}-${server}`, "sh", "-c", command)).output;
}

/**
 * Starts a program on a terminal, types the lines once the awaited text appears, and returns
 * everything that it showed.
 */
async function typeInto(command: string[], awaited: RegExp, lines: string[]): Promise<string> {
  const options = { AttachStdin: true, AttachStdout: true, AttachStderr: true, Tty: true };
  const exec = await engine.getContainer(clients.getId()).exec({ Cmd: command, ...options });
  const terminal = await exec.start({ hijack: true, stdin: true, Tty: true });
  let [shown, typed] = ["", false];
  for await (const octets of terminal) {
    shown += octets;
    if (typed || !awaited.test(shown)) continue;
    typed = true;
    terminal.write(lines.map((line) => `${line}\r`).join(""));
  }
  return shown;
}
