// A program of one's own from any image, and each way in which that fails: an image that is
// nowhere, one without a shell, one that would be root, one that never listens where it should.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { pack } from "tar-stream";
import { connectDocker } from "../../topology/apply/docker.ts";
import { followProgress } from "../../topology/apply/progress.ts";
import { builtImage } from "./apply-host.ts";
import { rttlab } from "./cli.ts";
import { engine, execIn } from "./engine.ts";
import { TEST_LABELS } from "./peer.ts";
import { down, status } from "./testbed.ts";

const SCENARIO = "programs-test";
const NODE = "rttlab/program-node:test";
const BARE = "rttlab/program-bare:test";
const ROOT = "rttlab/program-root:test";
const REBUILT = "rttlab/program-rebuilt:test";
/** Ten times what it takes on an idle machine, after which it listens elsewhere for good. */
const NODE_STARTS_WITHIN_SECONDS = 5;
const SERVE =
  'require("node:http").createServer((request, response) => response.end("mine")).listen(Number(process.argv[1]))';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rttlab-"));
  const host = await builtImage(await connectDocker(), "host");
  await build(NODE, `FROM ${host}\nUSER 1000:1000\n`);
  await build(ROOT, `FROM ${host}\nUSER root\n`);
  // Nothing but the program and its libraries, which are found under their own paths.
  await build(
    BARE,
    `FROM ${host} AS full
USER root
RUN mkdir /bare && for file in $(ldd /usr/local/bin/node | grep -o '/[^ ]*') /usr/local/bin/node; do cp --parents -L "$file" /bare; done
FROM scratch
COPY --from=full /bare /
USER 1000:1000
`,
  );
});
after(async () => {
  await down(SCENARIO); // a refused one has left nothing
  for (const tag of [REBUILT, NODE, BARE, ROOT]) await engine.getImage(tag).remove({ force: true });
  await rm(folder, { recursive: true });
});

async function build(tag: string, dockerfile: string): Promise<void> {
  const context = pack();
  context.entry({ name: "Dockerfile" }, dockerfile);
  context.finalize();
  await followProgress(await engine.buildImage(context, { t: tag, labels: TEST_LABELS, forcerm: true }), () => {});
}

async function up(...hosts: string[]) {
  const file = join(folder, `${SCENARIO}.yaml`);
  const lines = ["client: {role: loadgen, on: lan}", ...hosts].map((host) => `  ${host}\n`);
  await writeFile(file, `title: Programs\nnetworks: {lan: {}}\nhosts:\n${lines.join("")}`);
  return rttlab("topology", "up", file, "idle", "uncalibrated");
}

const serve = (port: number) => `command: [/usr/local/bin/node, -e, ${JSON.stringify(SERVE)}, "${port}"]`;

it("programs with and without a shell serve behind the testbed's networks, with a host's rights or what is loosened by name", async () => {
  const { exitCode, stderr } = await up(
    `mine: {image: "${NODE}", on: lan, port: 8080, ${serve(8080)}}`,
    `bare: {image: "${BARE}", on: lan, port: 8080, ${serve(8080)}}`,
    `loose: {image: "${ROOT}", on: lan, port: 80, loosen: [root, writable, NET_BIND_SERVICE], ${serve(80)}}`,
  );
  assert.equal(exitCode, 0, stderr);
  for (const url of ["http://mine:8080/", "http://bare:8080/", "http://loose/"]) {
    assert.equal((await execIn(`rttlab-${SCENARIO}-client`, "curl", "-sS", url)).output, "mine", url);
  }
  const { hosts } = await status(SCENARIO);
  assert.deepEqual(
    hosts.map(({ name, health }) => [name, health]),
    ["client", "mine", "bare", "loose"].map((name) => [name, "healthy"]),
  );
  assert.equal(hosts.at(-1)?.options.loosened, "root,writable,NET_BIND_SERVICE");
  const rights = async (host: string) => {
    const { HostConfig } = await engine.getContainer(`rttlab-${SCENARIO}-${host}`).inspect();
    return [HostConfig.ReadonlyRootfs, HostConfig.CapDrop, HostConfig.CapAdd, HostConfig.SecurityOpt];
  };
  assert.deepEqual(await rights("mine"), [true, ["ALL"], [], ["no-new-privileges"]]);
  assert.deepEqual(await rights("loose"), [false, ["ALL"], ["NET_BIND_SERVICE"], ["no-new-privileges"]]);
  await engine.getContainer(`rttlab-${SCENARIO}-bare`).kill({ signal: "SIGSTOP" });
  const { faults } = await status(SCENARIO);
  await engine.getContainer(`rttlab-${SCENARIO}-bare`).kill({ signal: "SIGCONT" });
  assert.deepEqual(faults, [{ name: "bare", fault: "its service is stopped" }]);
  const shell = await rttlab("topology", "exec", `${SCENARIO}/bare`, "sh");
  assert.notEqual(shell.exitCode, 0);
  assert.match(`${shell.stdout}${shell.stderr}`, /"sh": executable file not found/);
  await down(SCENARIO);
});

it("a program whose image was built anew under the same name is made anew by the next up, and only then", async () => {
  const host = `mine: {image: "${REBUILT}", on: lan, port: 8080, ${serve(8080)}}`;
  const upAnew = async () => {
    const { exitCode, stderr } = await up(host);
    assert.equal(exitCode, 0, stderr);
    return engine.getContainer(`rttlab-${SCENARIO}-mine`).inspect();
  };
  await build(REBUILT, `FROM ${NODE}\nLABEL build=1\n`);
  const first = await upAnew();
  assert.equal((await upAnew()).Id, first.Id);
  await build(REBUILT, `FROM ${NODE}\nLABEL build=2\n`);
  assert.notEqual((await upAnew()).Id, first.Id);
  await engine.getImage(first.Image).remove(); // it has no name any more
  await down(SCENARIO);
});

it("an image that is nowhere, a program that would be root, and one that ends or listens elsewhere are refused with the reason", async () => {
  const nowhere = await up('mine: {image: "rttlab/no-such-program:1", on: lan, port: 80}');
  assert.match(nowhere.stderr, /E_IMAGE_PULL: .*rttlab\/no-such-program:1: Docker does not have it, and the registry/);
  const root = await up(`mine: {image: "${ROOT}", on: lan, port: 80, ${serve(80)}}`);
  assert.match(root.stderr, /E_IMAGE_ROOT: .*would be root \(root\); say `user: 1000:1000`/);
  const spelt = await up(`mine: {image: "${NODE}", user: "000:0", on: lan, port: 80, ${serve(80)}}`);
  assert.match(spelt.stderr, /E_IMAGE_ROOT: .*would be root \(000:0\)/);
  const ended = await up(`mine: {image: "${NODE}", on: lan, port: 80, command: [sh, -c, "echo no luck; exit 3"]}`);
  assert.match(ended.stderr, /E_PORT_CLOSED: .*it stopped with exit 3 before its port was open; it said\n\s+no luck/);
  const beside = `image: "${NODE}", on: lan, port: 81, ready-within: ${NODE_STARTS_WITHIN_SECONDS}s`;
  const elsewhere = await up(`mine: {${beside}, ${serve(8080)}}`);
  assert.match(elsewhere.stderr, /E_PORT_CLOSED: .*nobody listens at \S+:81, but at \S*:8080/);
  for (const { exitCode } of [nowhere, root, spelt, ended, elsewhere]) assert.notEqual(exitCode, 0);
});
