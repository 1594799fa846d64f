import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import { type EndpointSystem, endpoints } from "./endpoint.ts";

suite("where an engine is looked for", () => {
  let home = "";
  const system = (environment: EndpointSystem["environment"], platform: NodeJS.Platform = "linux") =>
    endpoints({ environment, home, platform });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "rttlab-home-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  test("DOCKER_HOST is the only place when it is set, whatever context there is", async () => {
    await useContext("colima", "unix:///colima.sock");
    const found = await system({ DOCKER_HOST: "tcp://127.0.0.1:2375" });
    assert.deepEqual(found, [{ url: "tcp://127.0.0.1:2375", source: "DOCKER_HOST" }]);
  });

  test("the current context's files are read", async () => {
    await useContext("colima", "unix:///colima.sock");
    assert.deepEqual(await system({}), [{ url: "unix:///colima.sock", source: "docker context colima" }]);
  });

  test("DOCKER_CONTEXT wins over the current context, and `default` means the known places", async () => {
    await useContext("colima", "unix:///colima.sock");
    const found = await system({ DOCKER_CONTEXT: "default" });
    assert.equal(found[0]?.url, "unix:///var/run/docker.sock");
  });

  test("without either, the known places: the system's engine first, rootless ones where a runtime directory is", async () => {
    const urls = (await system({ XDG_RUNTIME_DIR: "/run/user/1000" })).map(({ url }) => url);
    assert.deepEqual(urls.slice(0, 3), [
      "unix:///var/run/docker.sock",
      "unix:///run/user/1000/docker.sock",
      `unix://${home}/.docker/run/docker.sock`,
    ]);
    assert.ok(urls.includes("unix:///run/user/1000/podman/podman.sock"));
    assert.ok((await system({})).every(({ url }) => !url.includes("undefined")));
  });

  test("on Windows, Docker Desktop's pipe", async () => {
    assert.deepEqual(
      (await system({}, "win32")).map(({ url }) => url),
      ["npipe:////./pipe/docker_engine"],
    );
  });

  async function useContext(name: string, host: string): Promise<void> {
    const meta = join(home, ".docker", "contexts", "meta", createHash("sha256").update(name).digest("hex"));
    await mkdir(meta, { recursive: true });
    await writeFile(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
    await writeFile(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  }
});
