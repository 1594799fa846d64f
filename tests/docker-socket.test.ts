// The order of places where an engine may be, by the user's choice and by system. Only an engine
// that answers counts.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type EndpointSystem, endpoints, findEngine } from "../bin/setup/docker-socket.mjs";

describe("where an engine is looked for", () => {
  let home = "";
  const system = (environment: EndpointSystem["environment"], platform: NodeJS.Platform = "linux") =>
    endpoints({ environment, home, platform });
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "rttlab-home-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  it("DOCKER_HOST is the only place when it is set, whatever context there is", async () => {
    await useContext("colima", "unix:///colima.sock");
    const found = await system({ DOCKER_HOST: "tcp://127.0.0.1:2375" });
    assert.deepEqual(found, [{ url: "tcp://127.0.0.1:2375", source: "DOCKER_HOST" }]);
  });

  it("the current context's files are read", async () => {
    await useContext("colima", "unix:///colima.sock");
    assert.deepEqual(await system({}), [{ url: "unix:///colima.sock", source: "docker context colima" }]);
  });

  it("DOCKER_CONTEXT wins over the current context, and `default` means the known places", async () => {
    await useContext("colima", "unix:///colima.sock");
    const found = await system({ DOCKER_CONTEXT: "default" });
    assert.equal(found[0]?.url, "unix:///var/run/docker.sock");
  });

  it("without either, the known places: the system's engine first, rootless ones where a runtime directory is", async () => {
    const urls = (await system({ XDG_RUNTIME_DIR: "/run/user/1000" })).map(({ url }) => url);
    assert.deepEqual(urls.slice(0, 3), [
      "unix:///var/run/docker.sock",
      "unix:///run/user/1000/docker.sock",
      `unix://${home}/.docker/run/docker.sock`,
    ]);
    assert.ok((await system({})).every(({ url }) => !url.includes("undefined")));
  });

  it("on Windows, Docker Desktop's pipe", async () => {
    assert.deepEqual(
      (await system({}, "win32")).map(({ url }) => url),
      ["npipe:////./pipe/docker_engine"],
    );
  });

  it("an engine counts only once it answers", async () => {
    const socket = join(home, "engine.sock");
    let status = 500;
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/_ping" ? status : 404;
      response.end();
    }).listen(socket);
    await once(server, "listening");
    const environment = { DOCKER_HOST: `unix://${socket}` };
    const refused = await findEngine({ environment, home, platform: "linux" });
    assert.equal(refused.endpoint, undefined);
    assert.match(refused.attempts[0]?.reason ?? "", /500/);
    status = 200;
    const found = await findEngine({ environment, home, platform: "linux" });
    assert.equal(found.endpoint?.url, `unix://${socket}`);
    server.close();
    await once(server, "close");
  });

  it("an engine that we cannot speak to is named with the reason", async () => {
    const environment = { DOCKER_HOST: "ssh://somewhere" };
    const { endpoint, attempts } = await findEngine({ environment, home, platform: "linux" });
    assert.equal(endpoint, undefined);
    assert.match(attempts[0]?.reason ?? "", /only unix, npipe and tcp/);
  });

  async function useContext(name: string, host: string): Promise<void> {
    const meta = join(home, ".docker", "contexts", "meta", createHash("sha256").update(name).digest("hex"));
    await mkdir(meta, { recursive: true });
    await writeFile(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
    await writeFile(join(meta, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  }
});
