// Containers from their specs: created, connected and started, and removed.

import type { Container } from "dockerode";
import { RttlabError } from "../../lib/errors.ts";
import type { ContainerSpec } from "../plan/step.ts";
import { createOptions, endpointOptions } from "./container-options.ts";
import { attempt, type Engine, isGone } from "./docker.ts";
import { inTurn, type Place, queueUp } from "./network-turns.ts";
import { awaitReady } from "./readiness.ts";

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
      .connect({ Container: container.id, EndpointConfig: endpointOptions(address) });
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
