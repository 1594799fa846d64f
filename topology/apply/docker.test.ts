import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { RttlabError } from "../../lib/errors.ts";
import { backendAfter, findBackend } from "./backend.ts";
import { connectDocker, dockerCure, type Engine, errorCode, remappingOf } from "./docker.ts";

describe("the way to Docker", () => {
  it("no engine at any place: each place is named with its reason, and the cure", async () => {
    const place = { url: "unix:///nowhere/docker.sock", source: "a test" };
    await assert.rejects(connectDocker([place]), (error: RttlabError) => {
      assert.equal(error.code, "E_DOCKER_UNAVAILABLE");
      assert.match(error.message, /unix:\/\/\/nowhere\/docker\.sock \(a test\): .*ENOENT/);
      assert.ok(error.message.includes(dockerCure(process.platform)));
      return true;
    });
  });

  it("an engine that hangs up is not available", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rttlab-engine-"));
    const path = join(folder, "docker.sock");
    await using server = createServer((socket) => socket.destroy()).listen(path);
    await once(server, "listening");
    await assert.rejects(connectDocker([{ url: `unix://${path}`, source: "a test" }]), {
      code: "E_DOCKER_UNAVAILABLE",
    });
    await rm(folder, { recursive: true });
  });

  it("an engine that speaks only later versions of the API is refused in one line, with the versions", async () => {
    const version = { Version: "40.0.0", ApiVersion: "1.80", MinAPIVersion: "1.60" };
    const message = "reaching Docker: engine 40.0.0 speaks API 1.60 to 1.80, rttlab 1.41 to 1.51; update rttlab";
    await assert.rejects(connectTo({ "/version": version }), { code: "E_DOCKER_UNAVAILABLE", message });
  });

  it("an engine that is Podman is known by its parts", async () => {
    const version = { Version: "5.8.6", ApiVersion: "1.44", MinAPIVersion: "1.24" };
    const isPodman = async (Components?: { Name: string }[]) =>
      (await connectTo({ "/version": { ...version, Components }, "/v1.44/info": {} })).isPodman;
    assert.equal(await isPodman([{ Name: "Podman Engine" }, { Name: "Conmon" }]), true);
    assert.equal(await isPodman([{ Name: "Engine" }, { Name: "containerd" }]), false);
    assert.equal(await isPodman(), false);
  });

  it("a user without permission learns how to get it", () => {
    assert.match(dockerCure("linux", true), /usermod/);
    assert.doesNotMatch(dockerCure("linux"), /usermod/);
  });

  it("every failure that people can act on has a code of its own", () => {
    const codes: [message: string, code: string][] = [
      ["connect ECONNREFUSED", "E_DOCKER_UNAVAILABLE"],
      ["driver failed: Bind for 127.0.0.1:80 failed: port is already allocated", "E_PORT_IN_USE"],
      ["Error starting userland proxy: listen tcp4 127.0.0.1:80: bind: address already in use", "E_PORT_IN_USE"],
      [
        "failed to set up container networking: driver failed programming external connectivity on endpoint x: failed to bind host port for 127.0.0.1:43703:198.18.77.20:80/tcp: address already in use",
        "E_PORT_IN_USE",
      ],
      ["Pool overlaps with other one on this address space", "E_SUBNET_OVERLAP"],
      ["Address already in use", "E_ADDRESS_IN_USE"],
      ["No such image: rttlab/host:0", "E_IMAGE_MISSING"],
      ['Conflict. The container name "/x" is already in use by container "y"', "E_NAME_CONFLICT"],
      ["network with name rttlab-x-a already exists", "E_NAME_CONFLICT"],
      ["No such container: x", "E_NO_CONTAINER"],
      ["network rttlab-x-a not found", "E_NO_NETWORK"],
      ["something new", "E_DOCKER"],
    ];
    for (const [message, code] of codes) {
      const error = Object.assign(new Error(message), message.includes("ECONN") ? { code: "ECONNREFUSED" } : {});
      assert.equal(errorCode(error), code, message);
    }
  });
});

/** Connects to an engine that gives these answers by path, and to a ping. */
async function connectTo(answers: Record<string, object>): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-engine-"));
  const path = join(folder, "docker.sock");
  await using server = createHttpServer(({ url = "" }, response) => {
    response.setHeader("content-type", "application/json");
    response.end(url === "/_ping" ? "OK" : JSON.stringify(answers[url]));
  }).listen(path);
  try {
    await once(server, "listening");
    return await connectDocker([{ url: `unix://${path}`, source: "a test" }]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("a status of Docker that has one meaning in an operation", () => {
  it("has its code whatever Docker's words are", () => {
    const conflict = Object.assign(new Error("in words of a later version"), { statusCode: 409 });
    assert.equal(errorCode(conflict, { 409: "E_NAME_CONFLICT" }), "E_NAME_CONFLICT");
    assert.equal(errorCode(conflict, { 404: "E_NO_NETWORK" }), "E_DOCKER");
  });

  it("counts before words that mean something else elsewhere", () => {
    const stuck = Object.assign(new Error("address already in use"), { statusCode: 403 });
    assert.equal(errorCode(stuck, { 403: "E_NETWORK_STUCK" }), "E_NETWORK_STUCK");
  });
});

describe("the choice of a link backend", () => {
  const engine = (architecture: string, remapping: Engine["remapping"] = null) =>
    ({ architecture, kernelRelease: "6.1.0", remapping }) as Engine;

  it("the kernel where a trial of netem works, on any architecture", () => {
    assert.equal(backendAfter(engine("arm64"), "works", "tried").backend, "kernel");
    assert.equal(backendAfter(engine("x64"), "works", "tried").backend, "kernel");
  });

  it("User-Mode Linux on x86-64 where the kernel refuses", () => {
    assert.equal(backendAfter(engine("x64"), "refused", "tried").backend, "uml");
  });

  it("neither elsewhere: an error that names the kernel, the architecture and the cure", () => {
    assert.throws(() => backendAfter(engine("arm64"), "refused", "tried"), {
      code: "E_BACKEND_UNAVAILABLE",
      message: /kernel 6\.1\.0 .* arm64 .*; /,
    });
  });

  it("not User-Mode Linux where root of a container is not the machine's: an error with the cure", () => {
    const options = ["name=seccomp,profile=builtin", "name=userns"];
    assert.deepEqual([remappingOf(options), remappingOf(options.slice(0, 1))], ["userns", null]);
    assert.equal(backendAfter(engine("x64", "userns"), "works", "tried").backend, "kernel");
    assert.throws(() => backendAfter(engine("x64", remappingOf(options)), "refused", "tried"), {
      code: "E_BACKEND_UNAVAILABLE",
      message: /socket buffers .*\(userns\); use an engine without userns-remap, or /,
    });
  });

  it("none on Podman, whatever its kernel can: an error with the cure, before any trial", async () => {
    const podman = { ...engine("x64"), isPodman: true, version: "5.8.6" };
    await assert.rejects(findBackend(podman, "/nowhere"), {
      code: "E_BACKEND_UNAVAILABLE",
      message: /Podman 5\.8\.6 .*; use Docker's own engine$/,
    });
  });
});
