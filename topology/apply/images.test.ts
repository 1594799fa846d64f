// Changes to files that an image's program needs give the image another tag, and other changes do
// not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RELAY, REQUEST_CLIENT, SAMPLER } from "../../lib/contract/places.ts";
import { IMAGE_NAMES, type ImageName, programsOf } from "../roles/images.ts";
import { contextFiles } from "./context.ts";
import { type ImageTags, imageTags } from "./images.ts";
import { programFiles } from "./program-files.ts";

const ROOT = join(import.meta.dirname, "../..");
const NEEDED = ["images", "lib", "services", "grafana", "prometheus.yml", "package.json", "package-lock.json"];

describe("the tag of an image", () => {
  let root = "";
  let unchanged: ImageTags;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "rttlab-images-"));
    for (const path of NEEDED) await cp(join(ROOT, path), join(root, path), { recursive: true });
    await symlink(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
    unchanged = await imageTags(root, "amd64");
  });
  after(() => rm(root, { recursive: true }));

  /** A folder with the files of an image's programs. */
  async function copyOf(image: ImageName): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), `rttlab-${image}-`));
    const files = await contextFiles(await programFiles(programsOf(image), ROOT), ROOT, {});
    for (const { path, source } of files) await cp(source, join(folder, path));
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"), "junction");
    return folder;
  }

  /** The images that get another tag when a file of the repository changes. */
  async function changedBy(path: string): Promise<string[]> {
    const copy = join(root, path);
    await appendFile(copy, "\n");
    const tags = await imageTags(root, "amd64");
    await cp(join(ROOT, path), copy);
    return Object.keys(tags).filter((name) => tags[name as keyof ImageTags] !== unchanged[name as keyof ImageTags]);
  }

  it("depends on what its own programs import, and on no other service", async () => {
    const users: Record<string, string[]> = {
      "services/server/http/parser.ts": ["server"],
      "services/loadgen/closed-load.ts": ["loadgen"],
      "lib/sockets/epoll.ts": ["loadgen", "server"],
      "lib/errors.ts": ["link", "loadgen", "rudp", "server", "usage"],
      "services/rudp/protocol/rtt.ts": ["rudp", "server"],
      "services/rudp/program/cli.ts": ["rudp"],
      "services/usage/metrics.ts": ["usage"],
      "services/link/agent.ts": ["link"],
      "services/link/guest/init.sh": ["link"],
      "services/link/timeline/play.pl": ["link"],
      "images/rudp/bin/rudp": ["rudp"],
    };
    for (const [path, images] of Object.entries(users)) assert.deepEqual((await changedBy(path)).sort(), images, path);
  });

  it("of every service depends on what carries requests to it, and on what is common to hosts", async () => {
    const ofHosts = ["host", "loadgen", "rudp", "server", "usage"];
    const common = ["lib/contract/request.ts", "lib/contract/relay.ts", "lib/trace/sample.pl"];
    for (const path of common) {
      const changed = await changedBy(path);
      assert.deepEqual(changed.filter((image) => image !== "link").sort(), ofHosts, path);
      assert.ok(changed.includes("link"), path);
    }
    assert.deepEqual((await changedBy("images/host/tune.sh")).sort(), ofHosts);
  });

  it("is refused where its Dockerfile copies a file that does not exist", async () => {
    const dockerfile = join(root, "images/server/Dockerfile");
    const before = await readFile(dockerfile, "utf8");
    await appendFile(dockerfile, "COPY images/nothing /nothing\n");
    await assert.rejects(imageTags(root, "x64"), { code: "ENOENT", path: join(root, "images/nothing") });
    await writeFile(dockerfile, before);
  });

  it("stands for all that its programs import: from its files alone, each begins", async () => {
    for (const image of IMAGE_NAMES) {
      const programs = programsOf(image).filter((path) => path.endsWith(".ts"));
      const folder = await copyOf(image);
      for (const program of programs) {
        const { stderr, status } = spawnSync(process.execPath, [join(folder, program), "--help"], {
          env: {},
          input: "",
          encoding: "utf8",
        });
        assert.doesNotMatch(stderr, /^ {4}at /m, `${program} ended by an error that nobody caught`);
        assert.ok([0, 1, 2].includes(status ?? -1), `${program}: ${status} ${stderr}`);
      }
      await rm(folder, { recursive: true });
    }
  });

  it("has the clients by which a container is asked where these are sought", async () => {
    for (const image of ["host", "link"] as const) {
      const programs = programsOf(image).map((path) => `/rttlab/${path}`);
      for (const client of [REQUEST_CLIENT, RELAY, SAMPLER]) assert.ok(programs.includes(client), client);
    }
  });

  it("depends on no test, no case and no simulation", async () => {
    const tests = [
      "services/server/http/parser.test.ts",
      "services/rudp/lab/timelines/window.cases.md",
      "services/rudp/lab/simulation/network.ts",
    ];
    for (const path of tests) assert.deepEqual(await changedBy(path), [], path);
  });
});
