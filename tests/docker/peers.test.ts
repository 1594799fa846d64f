// Every peer as a host, in one testbed: they serve the site that our server writes, byte for byte,
// with no more rights than our hosts have, and let clients go after the times that the scenario
// says (docs/peers.md).

import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { siteFiles } from "../../services/server/sample-site/sample-site.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { parseScenario } from "../../topology/model/scenario.ts";
import { PEER_NAMES } from "../../topology/roles/peers/table.ts";
import { readUsage } from "../../topology/testbed/testbed.ts";
import { useTestbed } from "../../topology/testbed/use.ts";
import { topology } from "./cli.ts";
import { engine, execIn } from "./engine.ts";
import { status } from "./testbed.ts";

const SCENARIO = "peers-test";
const TIMEOUT_MILLIS = 2000;
const ECHO = PEER_NAMES.filter((name) => name.startsWith("python-")).map((name) => `${name}-echo`);
const HOSTS = [...PEER_NAMES, ...ECHO];
const SECONDS = `idle-max-ms: ${TIMEOUT_MILLIS}, head-ms: ${TIMEOUT_MILLIS}`;
const FILE = `title: Every peer on one network
networks: {lan: {}}
hosts:
  client: {role: loadgen, on: lan}
${HOSTS.map(
  (name) =>
    `  ${name}: {role: server, on: lan, peer: ${name.replace("-echo", "")}, ${SECONDS}${name.endsWith("-echo") ? ", protocol: echo" : ""}}`,
).join("\n")}
`;
const named = (host: string) => `rttlab-${SCENARIO}-${host}`;

describe("peers in a testbed", () => {
  let testbed: Awaited<ReturnType<typeof useTestbed>>;

  before(async () => {
    testbed = await useTestbed(await connectDocker(), parseScenario(SCENARIO, FILE), { background: false });
  });
  after(() => testbed[Symbol.asyncDispose]());

  it("all are healthy, have their endpoint, and are measured as other hosts are", async () => {
    const { hosts } = await status(SCENARIO);
    const peers = hosts.filter(({ role }) => role === "server");
    assert.deepEqual(
      peers.map(({ name, health }) => [name, health]),
      HOSTS.map((name) => [name, "healthy"]),
    );
    for (const { name, endpoints } of peers) {
      assert.deepEqual(Object.keys(endpoints), [name.endsWith("-echo") ? "echo" : "http"], name);
    }
    const { containers } = await readUsage(testbed);
    for (const host of HOSTS) {
      const usage = containers.find((one) => one.host === host)?.usage ?? assert.fail(`nobody measures ${host}`);
      assert.ok(usage.memoryBytes > 1_000_000, `${host} has ${usage.memoryBytes} bytes`);
    }
  });

  it("the whole site comes from each, byte for byte, over one connection", async () => {
    const site = [...siteFiles(1)];
    const expected = hash("sha256", Buffer.concat(site.map(([, bytes]) => bytes)));
    for (const peer of PEER_NAMES) {
      const urls = site.map(([path]) => `http://${peer}/${path}`);
      const script = 'curl -sSf "$@" | sha256sum; curl -sS -o /dev/null -w "%{http_code}\\n" "http://$0/nothing"';
      const { output } = await execIn(named("client"), "sh", "-c", script, peer, ...urls);
      assert.deepEqual(output.trim().split("\n"), [`${expected}  -`, "404"], peer);
    }
  });

  it("octets come back from those that echo", async () => {
    for (const host of ECHO) {
      const { output } = await execIn(named("client"), "node", "-e", ECHO_CLIENT, host);
      assert.equal(output.trim(), "the same", host);
    }
  });

  it("a client that is slow with its head, or idle after an answer, is let go after the time-out", async () => {
    const { output } = await execIn(named("client"), "node", "-e", WAITING_CLIENTS, ...PEER_NAMES);
    const waited: Record<string, { head: number; idle: number }> = JSON.parse(output);
    for (const [peer, { head, idle }] of Object.entries(waited)) {
      for (const [which, millis] of Object.entries({ head, idle })) {
        // A client counts from before the peer can, and Apache's event MPM ends at once what is due
        // within 0.1 s (TIMEOUT_FUDGE_FACTOR). There is no upper bound but the client's own: of a
        // busy machine it would say nothing about a peer.
        assert.ok(millis >= TIMEOUT_MILLIS - 100, `${peer} waits ${millis} ms for ${which}`);
      }
    }
    assert.equal(Object.keys(waited).length, PEER_NAMES.length);
  });

  it("they have no more rights than our hosts, and nothing to write but their scratch space", async () => {
    for (const host of HOSTS) {
      const { Config, HostConfig } = await engine.getContainer(named(host)).inspect();
      assert.equal(Config.User, "1000:1000", host);
      assert.equal(HostConfig.ReadonlyRootfs, true, host);
      assert.deepEqual(HostConfig.CapDrop, ["ALL"], host);
      assert.deepEqual(HostConfig.SecurityOpt, ["no-new-privileges"], host);
      const { output } = await execIn(named(host), "sh", "-c", RIGHTS);
      assert.deepEqual(output.trim().split("\n"), ["1000", "0000000000000000", "read-only"], host);
    }
  });

  it("their names resolve, commands run in them, and what they say is in their log", async () => {
    const { stdout } = await topology("exec", `${SCENARIO}/nginx`, "cat", "/tmp/peer/configuration");
    assert.match(stdout, /keepalive_timeout 2000ms;/);
    assert.match((await topology("logs", `${SCENARIO}/apache-event`)).stdout, /resuming normal operations/);
  });
});

const RIGHTS = `for status in /proc/[0-9]*/status; do sed -n 's/^Uid:\\t\\([0-9]*\\).*/\\1/p' "$status"; done | sort -u
sed -n 's/^CapEff:\\t//p' /proc/1/status
touch /etc/x 2>/dev/null && echo written || echo read-only`;

const ECHO_CLIENT = `
const [host] = process.argv.slice(1);
const octets = require("node:crypto").randomBytes(300_000);
const socket = require("node:net").connect(80, host);
socket.write(octets);
let received = Buffer.alloc(0);
socket.on("data", (more) => {
  received = Buffer.concat([received, more]);
  if (received.length < octets.length) return;
  console.log(received.equals(octets) ? "the same" : "other octets");
  socket.end();
});`;

const WAITING_CLIENTS = `
const { connect } = require("node:net");
const MOST_MILLIS = 60_000;
const waited = (host, text) => new Promise((resolve, reject) => {
  const socket = connect(80, host).resume();
  let from;
  socket.on("connect", () => { from = performance.now(); socket.write(text); });
  socket.on("end", () => { resolve(performance.now() - from); socket.destroy(); });
  socket.on("error", () => resolve(performance.now() - from));
  setTimeout(() => reject(new Error(host + " keeps a client that waits")), MOST_MILLIS).unref();
});
const slow = (host, text) => new Promise((resolve, reject) => {
  const from = performance.now();
  const socket = connect(80, host).resume();
  socket.on("connect", () => socket.write(text));
  const gone = () => { resolve(performance.now() - from); socket.destroy(); };
  socket.on("end", gone).on("error", gone);
  setTimeout(() => reject(new Error(host + " waits for a head")), MOST_MILLIS).unref();
});
(async () => {
  const all = process.argv.slice(1).map(async (host) => {
    const [head, idle] = await Promise.all([
      slow(host, "GET /files/1KiB HT"),
      waited(host, "GET /files/1KiB HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"),
    ]);
    return [host, { head, idle }];
  });
  console.log(JSON.stringify(Object.fromEntries(await Promise.all(all))));
  process.exit(0);
})();`;
