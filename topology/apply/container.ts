// Containers and networks from their specs, hardened all alike: read-only root, every capability
// dropped but those named, no new privileges, limits on memory and processes, ports on 127.0.0.1
// only.

import type { Container, ContainerCreateOptions, MountSettings } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { ContainerSpec, Mount, NetworkSpec, VolumeSpec } from "../plan/step.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { logLines } from "./logs.ts";
import { inTurn, type Place, queueUp, takeNetworkTurn } from "./network-turns.ts";

/**
 * How long a service may take to report that it is ready. A User-Mode Linux link boots in 2 s on an
 * idle machine.
 */
const READY_WITHIN_MILLIS = 60_000;

/** Common options of all our containers. Memory is not swapped, so a limit is a limit. */
export const HARDENED = {
  ReadonlyRootfs: true,
  CapDrop: ["ALL"],
  SecurityOpt: ["no-new-privileges"],
  RestartPolicy: { Name: "no" },
  LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "2" } },
} as const;

/** Creates a container, connects and starts it. One that could not start is removed again. */
export async function createContainer(engine: Engine, spec: ContainerSpec): Promise<void> {
  const place = queueUp(engine);
  try {
    const container = await attempt(`creating ${spec.name}`, engine.docker.createContainer(createOptions(spec)));
    await connectAndStart(engine, spec, container, place).catch(async (error) => {
      place.pass();
      await removeContainer(engine, container.id).catch(() => {}); // the first failure is what is said
      throw error;
    });
  } finally {
    place.pass();
  }
}

async function connectAndStart(
  engine: Engine,
  { name, attachments }: ContainerSpec,
  container: Container,
  place: Place,
): Promise<void> {
  for (const { network, address } of attachments.slice(1)) {
    const connected = engine.docker
      .getNetwork(network)
      .connect({ Container: container.id, EndpointConfig: endpoint(address) });
    await attempt(`connecting ${name} to ${network} as ${address}`, connected);
  }
  const start = () => attempt(`starting ${name}`, container.start());
  await inTurn(engine, place, { event: "connect", id: container.id, count: attachments.length }, start);
}

/** The same, and waits until its service is ready. Throws E_NOT_READY. */
export async function runContainer(engine: Engine, spec: ContainerSpec, signal?: AbortSignal): Promise<void> {
  await createContainer(engine, spec);
  await awaitReady(engine, spec, signal);
}

/** Creates a volume. */
export async function createVolume({ docker }: Engine, { name, labels }: VolumeSpec): Promise<void> {
  await attempt(`creating volume ${name}`, docker.createVolume({ Name: name, Labels: labels }));
}

/** Removes a volume; no error if it is gone. */
export async function removeVolume({ docker }: Engine, name: string): Promise<void> {
  try {
    await attempt(`removing volume ${name}`, docker.getVolume(name).remove());
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Creates a network. */
export async function createNetwork({ docker }: Engine, spec: NetworkSpec): Promise<void> {
  const created = docker.createNetwork({
    Name: spec.name,
    CheckDuplicate: true,
    Driver: "bridge",
    Labels: spec.labels,
    Options: spec.options,
    IPAM: { Driver: "default", Config: [{ Subnet: spec.subnet, Gateway: spec.gateway }] },
  });
  await attempt(`creating network ${spec.name} (${spec.subnet})`, created);
}

/** Tag of the image that a container was made from. */
export async function imageOf(engine: Engine, name: string): Promise<string> {
  return (await imageWithDigest(engine, name)).tag;
}

/** The same with the image's digest, which no other image has. */
export async function imageWithDigest({ docker }: Engine, name: string): Promise<{ tag: string; digest: string }> {
  const { Config, Image } = await attempt(`looking at ${name}`, docker.getContainer(name).inspect());
  return { tag: Config.Image, digest: Image };
}

/** Removes a container, running or not; no error if it is gone. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  const container = engine.docker.getContainer(name);
  const place = queueUp(engine);
  try {
    const { Id, NetworkSettings } = await attempt(`looking at ${name}`, container.inspect());
    const networks = Object.values(NetworkSettings.Networks).filter(({ EndpointID }) => EndpointID !== "");
    const remove = () => attempt(`removing ${name}`, container.remove({ force: true, v: true }));
    await inTurn(engine, place, { event: "disconnect", id: Id, count: networks.length }, remove);
  } catch (error) {
    if (isGone(error)) return;
    if (!isBeingRemoved(error)) throw error;
    await container.wait({ condition: "removed" }).catch(() => {});
  } finally {
    place.pass();
  }
}

/** Removes a network with everything still on it; no error if it is gone. */
export async function removeNetwork(engine: Engine, name: string): Promise<void> {
  const network = engine.docker.getNetwork(name);
  try {
    const { Containers = {} } = await attempt(`looking at network ${name}`, network.inspect());
    for (const id of Object.keys(Containers)) {
      const turn = await takeNetworkTurn(engine);
      await network.disconnect({ Container: id, Force: true }).catch(() => {});
      turn.pass();
    }
    await attempt(`removing network ${name}`, network.remove());
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function createOptions(spec: ContainerSpec): ContainerCreateOptions {
  const [first] = spec.attachments;
  const { loosened = [] } = spec;
  return {
    name: spec.name,
    Hostname: spec.hostname,
    Image: spec.image,
    Labels: spec.labels,
    Cmd: spec.command,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    User: spec.user,
    StopTimeout: 2,
    ExposedPorts: Object.fromEntries(spec.ports.map(({ containerPort }) => [`${containerPort}/tcp`, {}])),
    HostConfig: {
      ...HARDENED,
      CapDrop: [...HARDENED.CapDrop],
      ReadonlyRootfs: !loosened.includes("writable"),
      SecurityOpt: loosened.includes("privileges") ? [] : [...HARDENED.SecurityOpt],
      CapAdd: spec.capabilities,
      Memory: spec.memoryBytes,
      MemorySwap: spec.memoryBytes,
      PidsLimit: spec.pidsLimit,
      Tmpfs: spec.tmpfs,
      Mounts: (spec.mounts ?? []).map(mountOptions),
      ...(spec.seesMachineCgroups === true && { CgroupnsMode: "host" }),
      Sysctls: spec.sysctls,
      ExtraHosts: Object.entries(spec.extraHosts).map(([name, address]) => `${name}:${address}`),
      NetworkMode: first?.network ?? "none",
      PortBindings: Object.fromEntries(
        spec.ports.map(({ containerPort, hostPort }) => [
          `${containerPort}/tcp`,
          [{ HostIp: "127.0.0.1", HostPort: String(hostPort) }],
        ]),
      ),
    },
    ...(first && { NetworkingConfig: { EndpointsConfig: { [first.network]: endpoint(first.address) } } }),
  };
}

function mountOptions({ source, target, readOnly }: Mount): MountSettings {
  const named = "volume" in source;
  return {
    Type: named ? "volume" : "bind",
    Source: named ? source.volume : source.path,
    Target: target,
    ReadOnly: readOnly,
  };
}

function endpoint(address: string) {
  return { IPAMConfig: { IPv4Address: address } };
}

/** Waits until the service in a started container is ready. Throws E_NOT_READY with its output. */
export async function awaitReady(
  engine: Engine,
  { name, readyMessage }: Pick<ContainerSpec, "name" | "readyMessage">,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.timeout(READY_WITHIN_MILLIS);
  const stop = signal === undefined ? deadline : AbortSignal.any([deadline, signal]);
  const lastLines: string[] = [];
  for await (const line of logLines(engine, name, { follow: true, signal: stop })) {
    if (saysReady(line, readyMessage)) return;
    lastLines.push(line);
    if (lastLines.length > 20) lastLines.shift();
  }
  if (signal?.aborted) throw new RttlabError("E_INTERRUPTED", `waiting for ${name}: interrupted`);
  const { State } = await attempt(`looking at ${name}`, engine.docker.getContainer(name).inspect());
  const reason = deadline.aborted
    ? `it did not say that it is ready within ${READY_WITHIN_MILLIS / 1000} s`
    : `it stopped with exit ${State.ExitCode}${State.OOMKilled ? " (out of memory)" : ""}`;
  const said = lastLines.length === 0 ? "it said nothing" : `it said\n  ${lastLines.join("\n  ")}`;
  throw new RttlabError("E_NOT_READY", `waiting for ${name}: ${reason}; ${said}`);
}

function saysReady(line: string, message: string | undefined): boolean {
  try {
    const said = JSON.parse(line) as { event?: string; msg?: string } | null;
    return message === undefined ? said?.event === "ready" : said?.msg === message;
  } catch {
    return false;
  }
}

function isBeingRemoved(error: unknown): boolean {
  return error instanceof RttlabError && /removal of container \S+ is already in progress/.test(error.message);
}
