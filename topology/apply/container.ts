// Containers from their specs: created, connected and started, and removed.

import type { Container } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { Attachment, ContainerSpec } from "../plan/step.ts";
import { createOptions, endpointOptions } from "./container-options.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { busyPorts } from "./machine.ts";
import { inTurn, type Place, queueUp } from "./network-turns.ts";
import { awaitReady } from "./readiness.ts";

/** Creates a container, connects and starts it. One that could not start is removed again. */
export async function createContainer(engine: Engine, spec: ContainerSpec): Promise<void> {
  const place = queueUp(engine);
  try {
    const creating = engine.docker.createContainer(createOptions(spec));
    const container = await attempt(`creating ${spec.name}`, creating, { 409: "E_NAME_CONFLICT" });
    await connectAndStart(engine, spec, container, place).catch(async (error) => {
      place.pass();
      await removeContainer(engine, container.id).catch(() => {}); // the first failure is what is said
      throw error;
    });
  } finally {
    place.pass();
  }
}

async function connectAndStart(engine: Engine, spec: ContainerSpec, container: Container, place: Place): Promise<void> {
  const { name, attachments } = spec;
  for (const { network, address } of attachments.slice(1)) {
    const connected = engine.docker
      .getNetwork(network)
      .connect({ Container: container.id, EndpointConfig: endpointOptions(address) });
    await attempt(`connecting ${name} to ${network} as ${address}`, connected);
  }
  const start = () =>
    attempt(`starting ${name}`, container.start()).catch((error) => startFailure(engine, spec, container, error));
  await inTurn(engine, place, { event: "connect", id: container.id, count: attachments.length }, start);
}

/**
 * Rejects with the failure, under the code of a taken port or address if Docker or this machine can
 * say that one is. Docker's status of a failed start is 500 for most reasons, and its words vary
 * with its version.
 */
async function startFailure(
  engine: Engine,
  { ports, attachments }: ContainerSpec,
  { id }: Container,
  error: unknown,
): Promise<never> {
  if (!(error instanceof RttlabError) || error.code === "E_DOCKER_UNAVAILABLE") throw error;
  const [isPortTaken, isAnyTaken] = await Promise.all([
    busyPorts(ports.map(({ hostPort }) => hostPort)).then((busy) => busy.length > 0),
    Promise.all(attachments.map((attachment) => isAddressTaken(engine, attachment, id))).then((taken) =>
      taken.includes(true),
    ),
  ]);
  const code = isPortTaken ? "E_PORT_IN_USE" : isAnyTaken ? "E_ADDRESS_IN_USE" : error.code;
  throw new RttlabError(code, error.message, { cause: error.cause });
}

/** Whether another running container has the address. False if Docker cannot say. */
export async function isAddressTaken(
  { docker }: Engine,
  { network, address }: Attachment,
  own?: string,
): Promise<boolean> {
  const { Containers } = await docker
    .getNetwork(network)
    .inspect()
    .catch(() => ({ Containers: {} }));
  const places = Object.entries((Containers ?? {}) as Record<string, { IPv4Address: string }>);
  return places.some(([id, { IPv4Address }]) => id !== own && IPv4Address.split("/")[0] === address);
}

/** The same, and waits until its service is ready. Throws E_NOT_READY. */
export async function runContainer(engine: Engine, spec: ContainerSpec, signal?: AbortSignal): Promise<void> {
  await createContainer(engine, spec);
  await awaitReady(engine, spec, signal);
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

function isBeingRemoved(error: unknown): boolean {
  return error instanceof RttlabError && /removal of container \S+ is already in progress/.test(error.message);
}
