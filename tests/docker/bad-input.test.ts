// Bad input is refused whole, with a stable code and every problem listed, and nothing is left
// behind.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { findBackend } from "../../topology/apply/backend.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { REPOSITORY, rttlab, topology } from "./cli.ts";
import { engine, leftovers } from "./engine.ts";

const GOOD_HOSTS = "hosts: {server: {role: server, on: here}, load-a: {role: loadgen, on: there}}";
const GOOD_LINKS = "links: {between-them: {between: [here, there], rtt: 20ms}}";

describe("up", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rttlab-bad-input-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function upOf(name: string, ...lines: string[]) {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, ["title: A scenario that cannot be", ...lines, ""].join("\n"));
    return rttlab("topology", "up", file, "uncalibrated");
  }

  const refusals: { what: string; lines: string[]; says: RegExp[] }[] = [
    {
      what: "an unknown key and a loss of 120 %, both at once",
      lines: [
        "networks: {here: {}, there: {}}",
        GOOD_HOSTS,
        "links: {l: {between: [here, there], rtt: 1ms, loss: 120%, colour: red}}",
      ],
      says: [/colour/, /120%/, /0% to 100%/],
    },
    {
      what: "a link to a network that is not there",
      lines: ["networks: {here: {}, there: {}}", GOOD_HOSTS, "links: {l: {between: [here, nowhere], rtt: 1ms}}"],
      says: [/nowhere/],
    },
    {
      what: "a host on no network",
      lines: ["networks: {here: {}}", "hosts: {server: {role: server}}"],
      says: [/hosts\.server/],
    },
    { what: "an unreachable pair", lines: ["networks: {here: {}, there: {}}", GOOD_HOSTS], says: [/server/, /load-a/] },
    {
      what: "a name that Docker refuses",
      lines: ["networks: {here: {}}", 'hosts: {"Sérver one": {role: server, on: here}}'],
      says: [/Sérver one/],
    },
    {
      what: "two networks that ask for one subnet",
      lines: ["networks: {here: {subnet: 10.77.1.0/24}, there: {subnet: 10.77.1.0/25}}", GOOD_HOSTS, GOOD_LINKS],
      says: [/10\.77\.1\.0/],
    },
  ];
  for (const [index, { what, lines, says }] of refusals.entries()) {
    it(`refuses ${what}, exits 2, and creates nothing`, async () => {
      const { exitCode, stderr } = await upOf(`refused-${index}`, ...lines);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /E_BAD_SCENARIO/);
      for (const text of says) assert.match(stderr, text);
      assert.deepEqual(await leftovers(`refused-${index}`), []);
    });
  }

  it("refuses a subnet that a network of somebody else has, and creates nothing", async () => {
    const foreign = await engine.createNetwork({
      Name: "rttlab-test-foreign",
      IPAM: { Config: [{ Subnet: "10.78.0.0/16" }] },
      Labels: { "rttlab.test": "bad-input" },
    });
    try {
      const { exitCode, stderr } = await upOf(
        "clashing",
        "networks: {here: {subnet: 10.78.3.0/24}, there: {}}",
        GOOD_HOSTS,
        GOOD_LINKS,
      );
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /E_SUBNET_CLASH.*10\.78/s);
      assert.deepEqual(await leftovers("clashing"), []);
    } finally {
      await foreign.remove();
    }
  });

  it("refuses a requested port that is busy, and creates nothing", async () => {
    const holder = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    holder.listen(0, "127.0.0.1", resolve);
    await promise;
    try {
      const { port } = holder.address() as { port: number };
      const { exitCode, stderr } = await upOf(
        "port-taken",
        "networks: {here: {}, there: {}}",
        GOOD_HOSTS,
        GOOD_LINKS,
        `ports: {prometheus: ${port}}`,
      );
      assert.notEqual(exitCode, 0);
      assert.match(stderr, new RegExp(`E_PORT_BUSY.*${port}`, "s"));
      assert.deepEqual(await leftovers("port-taken"), []);
    } finally {
      holder.close();
    }
  });

  it("refuses a link that its backend has no memory for, and creates nothing", async () => {
    const { backend } = await findBackend(await connectDocker(), REPOSITORY);
    const links = "links: {l: {between: [here, there], rtt: 20ms, rate: 50mbit, queue: 100000packets}}";
    const { exitCode, stderr } = await upOf("vast", "networks: {here: {}, there: {}}", GOOD_HOSTS, links);
    if (backend === "kernel") return; // which has no such limit
    assert.equal(exitCode, 2);
    assert.match(stderr, /E_BAD_SCENARIO.*links\.l: the link would hold \d+ full frames.*\[E_OUT_OF_RANGE\]/s);
    assert.deepEqual(await leftovers("vast"), []);
  });

  it("refuses a file whose name is a word of the commands", async () => {
    for (const name of ["all", "json"]) {
      const { exitCode, stderr } = await upOf(
        name,
        "networks: {here: {}}",
        "hosts: {server: {role: server, on: here}}",
      );
      assert.equal(exitCode, 2);
      assert.match(stderr, /name of the file: .*\[E_NAME_TAKEN\]/);
    }
  });

  it("names the file by its path in what to do next", async () => {
    const ports = ["networks: {here: {}}", "hosts: {server: {role: server, on: here}}"];
    await upOf("by-path", ...ports);
    const path = join(folder, "by-path.yaml");
    await engine.getContainer("rttlab-by-path.prometheus").stop({ t: 0 });
    const { stdout } = await topology("status", "by-path");
    assert.ok(stdout.includes(`\`topology up ${path}\` mends it`), stdout);
    await topology("down", path);
    assert.deepEqual(await leftovers("by-path"), []);
  });

  it("names the scenarios there are when asked for another", async () => {
    const { exitCode, stderr } = await rttlab("topology", "up", "wan-100");
    assert.equal(exitCode, 2);
    assert.match(stderr, /E_BAD_SCENARIO_NAME.*wan-100ms/s);
  });
});

describe("down", () => {
  it("of a scenario that exists and is not up says so, and is no failure; nor is a down of nothing", async () => {
    const { stdout } = await topology("down", "two-hops");
    assert.match(stdout, /two-hops was down already/);
    await topology("down", "all");
    const { stdout: nothing } = await topology("down");
    assert.match(nothing, /was down already \(none is\)/);
  });

  it("of one that does not exist is refused", async () => {
    for (const word of ["two-hop", "./none.yaml"]) {
      const { exitCode, stderr } = await rttlab("topology", "down", word);
      assert.equal(exitCode, 2);
      assert.match(stderr, /E_BAD_SCENARIO_NAME/);
    }
  });
});

describe("the command line", () => {
  it("refuses an unknown command, option or word with exit 2 and the nearest spelling", async () => {
    for (const words of [["upp"], ["status", "--jsno"], ["up", "lan", "fast"]]) {
      const { exitCode, stderr } = await rttlab("topology", ...words);
      assert.equal(exitCode, 2, `${words.join(" ")}: ${stderr}`);
      assert.match(stderr, /E_USAGE/);
    }
  });

  it("exits 3 with a cure when Docker is asked for at an address where none answers", async () => {
    const before = process.env.DOCKER_HOST;
    process.env.DOCKER_HOST = "unix:///nonexistent/docker.sock";
    try {
      const { exitCode, stderr } = await rttlab("topology", "status");
      assert.equal(exitCode, 3, stderr);
      assert.match(stderr, /E_DOCKER_UNAVAILABLE.*DOCKER_HOST/s);
    } finally {
      if (before === undefined) delete process.env.DOCKER_HOST;
      else process.env.DOCKER_HOST = before;
    }
  });

  it("lists the scenarios without Docker, each with its title", async () => {
    const { stdout } = await topology("list");
    for (const name of ["lan", "wan-20ms", "wan-100ms", "wan-100ms-lossy", "two-hops"])
      assert.match(stdout, new RegExp(`^\\s*${name}\\s+\\S`, "m"));
  });
});
