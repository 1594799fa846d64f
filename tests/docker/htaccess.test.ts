// Our access rules against Apache's: both serve the trials of services/server/access/matrix.ts from one directory in one container, as
// the same user, without any network but its loopback, and every answer must be the same.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CLIENTS, trials } from "../../services/server/access/matrix.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { hostImage } from "./apply-host.ts";
import { engine, execIn } from "./engine.ts";
import { buildPeer, TEST_LABELS } from "./peer-image.ts";

const NAME = "rttlab-htaccess-test";

before(async () => {
  const image = await buildPeer("apache", { HOST: await hostImage(await connectDocker()) });
  await remove();
  const container = await engine.createContainer({
    ...{ name: NAME, Image: image, User: "root", Labels: TEST_LABELS, Cmd: ["sleep", "infinity"] },
    HostConfig: { NetworkMode: "none", Init: true },
  });
  await container.start();
});
after(remove);

test("Apache and our server give the same answer to every client on every trial", { timeout: 300_000 }, async () => {
  const { output, exitCode } = await execIn(NAME, "node", "--input-type=module", "-e", DRIVER);
  assert.equal(exitCode, 0, output);
  const { asked, byStatus, different, byKind } = JSON.parse(output.trim().split("\n").at(-1) ?? "{}");
  assert.deepEqual(byKind, {
    ...{ "not readable": [403, 403], "a directory": [403, 403], "a link to itself": [403, 403] },
    ...{ "a link to nothing": [200, 200], "a link to rules outside": [403, 403] },
  });
  assert.deepEqual(different, []);
  assert.equal(asked, trials().length * CLIENTS.length);
  for (const status of [200, 403, 500]) assert.ok(byStatus[status] > 50, `${byStatus[status]} answers are ${status}`);
});

/** Writes the trials, starts both servers, asks both, prints what differs. Runs inside the container. */
const DRIVER = `
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { CLIENTS, trials } from "/rttlab/services/server/access/matrix.ts";

const home = mkdtempSync("/tmp/trials-");
chmodSync(home, 0o755);
const root = home + "/root";
const all = trials();
for (const [index, { outer, inner }] of all.entries()) {
  const directory = root + "/" + index;
  mkdirSync(directory + "/in", { recursive: true });
  writeFileSync(directory + "/.htaccess", outer);
  if (inner !== null) writeFileSync(directory + "/in/.htaccess", inner);
  writeFileSync(directory + "/in/file", "x");
}
const kinds = {
  "not readable": (file) => { writeFileSync(file, "Require all granted"); chmodSync(file, 0); },
  "a directory": (file) => mkdirSync(file),
  "a link to itself": (file) => symlinkSync(".htaccess", file),
  "a link to nothing": (file) => symlinkSync("nowhere", file),
  "a link to rules outside": (file) => symlinkSync(home + "/rules", file),
};
writeFileSync(home + "/rules", "Require ip 192.0.2.1");
for (const [kind, make] of Object.entries(kinds)) {
  mkdirSync(root + "/" + kind);
  writeFileSync(root + "/" + kind + "/file", "x");
  make(root + "/" + kind + "/.htaccess");
}
const modules = ["mpm_event", "authz_core", "authz_host", "access_compat", "dir", "setenvif"];
writeFileSync(home + "/apache.conf", [
  ...modules.map((name) => "LoadModule " + name + "_module /usr/lib/apache2/modules/mod_" + name + ".so"),
  "ServerRoot " + home, "PidFile " + home + "/pid", "ErrorLog " + home + "/errors", "Listen 127.0.0.1:8001",
  "ServerName trials", "User rttlab", "Group rttlab", "DocumentRoot " + root,
  "<Directory />", "Require all granted", "AllowOverride All", "</Directory>", "",
].join("\\n"));

const apache = spawn("apache2", ["-X", "-f", home + "/apache.conf"], { stdio: "ignore" });
const ours = spawn("node", ["/rttlab/services/server/main.ts", "--port", "8002", "--root", root], { stdio: "ignore", uid: 1000, gid: 1000 });
process.on("exit", () => [apache, ours].forEach((server) => server.kill()));

function ask(port, localAddress, path) {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect({ port, host: "127.0.0.1", localAddress }, () => socket.write("GET " + path + " HTTP/1.0\\r\\n\\r\\n"));
    socket.on("data", (octets) => (answer += octets)).on("error", reject);
    socket.on("end", () => { socket.end(); resolve(Number(answer.slice(9, 12))); });
  });
}
async function listening(port) {
  for (;;) {
    try { return await ask(port, "127.0.0.1", "/"); } catch { await new Promise((resolve) => setTimeout(resolve, 50)); }
  }
}
await Promise.all([listening(8001), listening(8002)]);

const byStatus = {}, different = [];
for (const [index, trial] of all.entries()) {
  for (const client of CLIENTS) {
    const path = "/" + index + "/in/file";
    const [theirs, our] = await Promise.all([ask(8001, client, path), ask(8002, client, path)]);
    byStatus[theirs] = (byStatus[theirs] ?? 0) + 1;
    if (theirs !== our) different.push({ client, theirs, our, ...trial });
  }
}
const byKind = {};
for (const kind of Object.keys(kinds)) {
  const path = "/" + encodeURIComponent(kind) + "/file";
  byKind[kind] = await Promise.all([ask(8001, CLIENTS[0], path), ask(8002, CLIENTS[0], path)]);
}
console.log(JSON.stringify({ byKind, asked: all.length * CLIENTS.length, byStatus, different: different.slice(0, 20) }));
process.exit(0);
`;

async function remove(): Promise<void> {
  await engine
    .getContainer(NAME)
    .remove({ force: true })
    .catch(() => {});
}
