// Changes to files that an image's program needs give the image another tag, and other changes do
// not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { RELAY, REQUEST_CLIENT } from "../../lib/contract/places.ts";
import { contextFiles, copiedPaths } from "./context.ts";
import { type ImageTags, imageTags } from "./images.ts";

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

  /** The images that get another tag when a file of the repository changes. */
  async function changedBy(path: string): Promise<string[]> {
    const copy = join(root, path);
    await appendFile(copy, "\n");
    const tags = await imageTags(root, "amd64");
    await cp(join(ROOT, path), copy);
    return Object.keys(tags).filter((name) => tags[name as keyof ImageTags] !== unchanged[name as keyof ImageTags]);
  }

  it("of the link depends on no other service, and on nothing that only others import", async () => {
    const others = ["services/server/http/parser.ts", "services/rudp/main.ts", "lib/contract/load/words.ts"];
    for (const path of [...others, "lib/sockets/epoll.ts"]) assert.deepEqual(await changedBy(path), ["host"], path);
  });

  it("of the link depends on its agent, what carries requests to it, and what they import", async () => {
    const carriers = ["lib/contract/request.ts", "lib/contract/relay.ts"];
    for (const path of ["services/link/agent.ts", ...carriers, "lib/errors.ts", "lib/link/link.ts"]) {
      assert.ok((await changedBy(path)).includes("link"), path);
    }
  });

  it("of the link stands for all that its agent imports: without configuration it refuses to start", async () => {
    const image = await mkdtemp(join(tmpdir(), "rttlab-link-"));
    try {
      const paths = copiedPaths(await readFile(join(ROOT, "images/link/Dockerfile"), "utf8"));
      const files = await contextFiles(
        paths.filter((path) => path !== "node_modules"),
        ROOT,
        {},
      );
      for (const { path, source } of files) await cp(source, join(image, path));
      for (const client of [REQUEST_CLIENT, RELAY]) {
        assert.ok(
          files.some(({ path }) => client === `/rttlab/${path}`),
          client,
        );
      }
      await writeFile(join(image, "package.json"), '{"type":"module"}');
      await symlink(join(ROOT, "node_modules"), join(image, "node_modules"), "junction");
      const { status, stderr } = spawnSync(process.execPath, [join(image, "services/link/main.ts")], { env: {} });
      assert.match(String(stderr), /^E_BAD_ENVIRONMENT/);
      assert.equal(status, 2);
    } finally {
      await rm(image, { recursive: true });
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
