// Our rules against Apache's. Both servers serve the trials of htaccess/matrix.ts from one
// directory in one container, as the same user, without any network except loopback, and every
// answer must be the same: status, Location, and content that no server made up. The trials are
// mounted into the container, because its image holds only what the program needs.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, it } from "node:test";
import type { StartedTestContainer } from "testcontainers";
import { connectDocker } from "../../topology/apply/docker.ts";
import { builtImage } from "./apply-host.ts";
import { execIn } from "./engine.ts";
import { differences, trials } from "./htaccess/matrix.ts";
import { REFUSED_TRIALS } from "./htaccess/matrix-patterns.ts";
import { peerContainer } from "./peer.ts";

const TRIALS = join(import.meta.dirname, "htaccess");

let container: StartedTestContainer;

before(async () => {
  const apache = await peerContainer("apache", { HOST: await builtImage(await connectDocker(), "server") });
  container = await apache
    .withUser("root")
    .withNetworkMode("none")
    .withBindMounts([{ source: TRIALS, target: "/trials", mode: "ro" }])
    .start();
});
after(() => container?.stop()); // none, where the image could not be built

it("Apache and our server give the same answer on every trial, but for what is other by intent", {
  timeout: 600_000,
}, async () => {
  const { output, exitCode } = await execIn(container.getId(), "node", "--input-type=module", "-e", DRIVER);
  assert.equal(exitCode, 0, output);
  const printed = JSON.parse(output.trim().split("\n").at(-1) ?? "{}");
  const { asked, byStatus, different, byKind, byIntent, accepted, refused } = printed;
  assert.deepEqual(byKind, {
    "not readable": [403, 403],
    "a directory": [403, 403],
    "a link to itself": [403, 403],
    "a link to nothing": [200, 200],
    "a link to rules outside": [403, 403],
  });
  assert.deepEqual(different, []);
  for (const { theirs, ours, why, said } of byIntent) assert.deepEqual(said, [theirs, ours], why);
  assert.equal(byIntent.length, differences().length);
  assert.deepEqual(accepted, [], "patterns that are to be refused");
  assert.equal(refused, REFUSED_TRIALS.length);
  const requests = trials().flatMap(({ asks }) => asks.flatMap(({ clients }) => clients));
  assert.equal(asked, requests.length);
  for (const status of [200, 301, 302, 400, 403, 404, 500])
    assert.ok(byStatus[status] > 1, `${byStatus[status]} answers are ${status}`);
});

/**
 * Writes the trials, starts both servers, queries both and prints the differences. Runs inside the
 * container.
 */
const DRIVER = `
import { spawn } from "node:child_process";
import { chmodSync, lchownSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { differences, trials } from "/trials/matrix.ts";
import { REFUSED_TRIALS } from "/trials/matrix-patterns.ts";

const home = mkdtempSync("/tmp/trials-");
chmodSync(home, 0o755);
const root = home + "/root";
const all = trials(), intended = differences(), refusals = REFUSED_TRIALS;
const FILES = {
  "file": "x", "a.txt": "text", "b.html": "<b>", "index.html": "<i>", "c.foo": "foo", "c.foo.txt": "both", "c.txt.foo": "both",
  "C.FOO": "FOO", "c.foo.unknown": "other", "error.html": "<e>", "a b.txt": "blank", "sub/x.html": "<x>",
};
for (const [index, { outer, inner, sub }] of [...all, ...intended.map(({ trial }) => trial), ...refusals].entries()) {
  const directory = root + "/" + index, within = directory + "/in/";
  const rules = (path, text) => writeFileSync(path + ".htaccess", Buffer.from(text.replaceAll("%BASE%", "/" + index), "latin1"));
  for (const name of ["sub", "empty"]) mkdirSync(within + name, { recursive: true });
  rules(directory + "/", outer);
  if (inner !== null) rules(within, inner);
  if (sub !== null) rules(within + "sub/", sub);
  for (const [name, content] of Object.entries(FILES)) writeFileSync(within + name, content);
  for (const name of ["link", "foreign"]) symlinkSync("file", within + name);
  lchownSync(within + "foreign", 1000, 1000);
  symlinkSync("sub", within + "linkdir");
  if (inner !== null) symlinkSync(".htaccess", within + "rules");
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
const modules = ["mpm_event", "authz_core", "authz_host", "access_compat", "dir", "setenvif", "env", "mime", "autoindex"];
writeFileSync(home + "/types", "text/plain txt\\ntext/html html\\n");
writeFileSync(home + "/apache.conf", [
  ...modules.map((name) => "LoadModule " + name + "_module /usr/lib/apache2/modules/mod_" + name + ".so"),
  "ServerRoot " + home, "PidFile " + home + "/pid", "ErrorLog " + home + "/errors", "Listen 127.0.0.1:8001",
  "ServerName trials", "User rttlab", "Group rttlab", "DocumentRoot " + root, "TypesConfig " + home + "/types",
  "<Directory />", "Require all granted", "AllowOverride All", "</Directory>",
  '<FilesMatch "^[.]ht">', "Require all denied", "</FilesMatch>", "",
].join("\\n"));

const apache = spawn("apache2", ["-X", "-f", home + "/apache.conf"], { stdio: "ignore" });
const ours = spawn("node", ["/rttlab/services/server/main.ts", "--port", "8002", "--root", root], { stdio: "ignore", uid: 1000, gid: 1000 });
process.on("exit", () => [apache, ours].forEach((server) => server.kill()));

/**
 * The answer's status, and what is to be compared of the rest of it. Content and its type are,
 * where they are not a server's own words.
 */
function send(port, localAddress, path, { method = "GET", version = "1.0", fields = [] } = {}) {
  return new Promise((resolve, reject) => {
    let answer = "";
    const lines = [method + " " + path + " HTTP/" + version, "Connection: close", ...fields, "", ""];
    const octets = Buffer.from(lines.join("\\r\\n"), "latin1");
    const socket = connect({ port, host: "127.0.0.1", localAddress }, () => socket.write(octets));
    socket.setEncoding("latin1").on("data", (octets) => (answer += octets)).on("error", reject);
    socket.on("end", () => {
      socket.end();
      const end = answer.indexOf("\\r\\n\\r\\n"), head = answer.slice(0, end), content = answer.slice(end + 4);
      const field = (name) => new RegExp("^" + name + ": (.*)$", "mi").exec(head)?.[1]?.trim() ?? "";
      const status = Number(answer.slice(9, 12));
      const isOwn = content.startsWith("<!DOCTYPE") || /^[0-9]{3} [A-Z]/.test(content) || (status >= 300 && method === "HEAD");
      const type = field("Content-Type").replace("; charset=utf-8", "").replace("application/octet-stream", "");
      const location = field("Location").replace(/^http:[/][/](?:127[.]0[.]0[.]1:[0-9]+|trials:8001|trials|b|b:80)[/]/, "/");
      resolve({ status, location, rest: isOwn ? "" : type + " " + content.trim() });
    });
  });
}
async function listening(port) {
  for (;;) {
    try { return await send(port, "127.0.0.1", "/"); } catch { await new Promise((resolve) => setTimeout(resolve, 50)); }
  }
}
await Promise.all([listening(8001), listening(8002)]);

const place = (index, path) => (path.startsWith("http:") ? path.replace("%BASE%", "/" + index) : "/" + index + "/" + path);
/**
 * Of what is not for reading, only whether rules refuse it is compared: Apache serves POST, this
 * server says 405 to it.
 */
function compared({ status, location, rest }, method) {
  if (method !== "GET" && method !== "HEAD") return status === 403 || status === 500 ? String(status) : "let in";
  return [status, location, rest].join(" ");
}
async function askBoth(index, { path, clients, ...request }) {
  const answers = [];
  for (const client of clients) {
    const asked = [8001, 8002].map((port) => send(port, client, place(index, path), request));
    answers.push({ client, answers: await Promise.all(asked) });
  }
  return answers;
}
const byStatus = {}, different = [];
let asked = 0;
for (const [index, trial] of all.entries()) {
  for (const request of trial.asks) {
    for (const { client, answers } of await askBoth(index, request)) {
      asked++;
      byStatus[answers[0].status] = (byStatus[answers[0].status] ?? 0) + 1;
      const [theirs, our] = answers.map((answer) => compared(answer, request.method));
      const { outer, inner, sub } = trial;
      if (theirs !== our) different.push({ client, theirs, our, request, outer, inner, sub });
    }
  }
}
const byIntent = [];
for (const [at, { trial, why, theirs, ours }] of intended.entries()) {
  const index = all.length + at;
  const [{ answers }] = await askBoth(index, trial.asks[0]);
  const said = answers.map(({ status, location }) => [status, location.replace("/" + index + "/", "%BASE%/")].join(" ").trim());
  byIntent.push({ why, theirs, ours, said });
}
const accepted = [];
for (const [at, { outer, asks }] of refusals.entries()) {
  const [{ answers }] = await askBoth(all.length + intended.length + at, asks[0]);
  if (answers[1].status !== 500) accepted.push(outer);
}
const byKind = {};
for (const kind of Object.keys(kinds)) {
  const path = "/" + encodeURIComponent(kind) + "/file";
  byKind[kind] = (await Promise.all([send(8001, "127.0.0.1", path), send(8002, "127.0.0.1", path)])).map(({ status }) => status);
}
console.log(JSON.stringify({ byKind, asked, byStatus, different: different.slice(0, 20), byIntent, accepted, refused: refusals.length - accepted.length }));
process.exit(0);
`;
