// A network and a hardened, wired host, made from specs by topology/apply for its tests. Subnets
// come from 198.18.0.0/15, reserved for tests (RFC 2544).

import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { removeContainer } from "../../topology/apply/container.ts";
import { connectDocker, type Engine } from "../../topology/apply/docker.ts";
import { execute } from "../../topology/apply/exec.ts";
import { buildImage, imageTags, presentImages } from "../../topology/apply/images.ts";
import { removeNetwork } from "../../topology/apply/network.ts";
import { observeTestbeds } from "../../topology/apply/observe.ts";
import { performer } from "../../topology/apply/perform.ts";
import { runSteps } from "../../topology/apply/run.ts";
import type { Action, ContainerSpec, NetworkSpec, Step, WiringSpec } from "../../topology/plan/step.ts";
import { baseOf, type ImageName } from "../../topology/roles/images.ts";

export const ROOT = join(import.meta.dirname, "..", "..");
const LABELS = { "rttlab.scenario": "apply-test", "rttlab.role": "host" };
export const HOST = "rttlab-apply-test-host";
export const [DATA, MGMT] = ["rttlab-apply-test-data", "rttlab-apply-test-mgmt"];

/** It has what serves requests by the contract. */
const SERVING = "usage";

/**
 * A service of the contract in one line: it answers requests, reports that it is ready, and stays.
 */
const SERVICE = `
  const { serveRequests } = await import("/rttlab/lib/contract/serving/requests.ts");
  await serveRequests({
    status: () => ({ answer: 42 }),
    wait: (_request, emit, signal) => new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve({ cancelled: true }));
      emit("waiting", {});
    }),
  });
  console.error("not JSON");
  console.error(JSON.stringify({ event: "ready" }));`;

/** An image from the current files, built if necessary. */
export async function builtImage(engine: Engine, name: ImageName): Promise<string> {
  const base = baseOf(name);
  if (base !== null) await builtImage(engine, base);
  const tag = (await imageTags(ROOT, engine.architecture))[name];
  if (!(await presentImages(engine)).includes(tag)) await buildImage(engine, ROOT, name, tag);
  return tag;
}

/** Brings the host up, and its two networks. */
export async function bringUp(): Promise<{ engine: Engine; image: string }> {
  const engine = await connectDocker();
  const image = await builtImage(engine, SERVING);
  await clean(engine);
  const steps = [
    step({ op: "create-network", network: network(DATA, "198.18.77") }),
    step({ op: "create-network", network: network(MGMT, "198.18.78") }),
    step({ op: "create-container", container: host(image) }, `create-network ${DATA}`, `create-network ${MGMT}`),
    step({ op: "wire-host", wiring: wiring(image) }, `create-container ${HOST}`),
  ];
  await runSteps(steps, performer(engine, ROOT));
  return { engine, image };
}

/** The stdout of a shell script inside the host. */
export async function inHost(engine: Engine, script: string): Promise<string> {
  const output = new PassThrough();
  await execute(engine, HOST, ["sh", "-c", script], { output });
  output.end();
  return text(output);
}

export async function clean(engine: Engine): Promise<void> {
  const { containers, networks } = await observeTestbeds(engine);
  const ours = ({ labels }: { labels: Record<string, string> }) => labels["rttlab.scenario"] === "apply-test";
  for (const { name } of containers.filter(ours)) await removeContainer(engine, name);
  for (const { name } of networks.filter(ours)) await removeNetwork(engine, name);
}

/** Another host than the running one. */
export function other(image: string, changes: Partial<ContainerSpec>): ContainerSpec {
  const attachments = [{ network: DATA, address: "198.18.77.20" }];
  return { ...host(image), name: `${HOST}-2`, attachments, ...changes };
}

export function host(image: string): ContainerSpec {
  return {
    name: HOST,
    hostname: "host",
    image,
    labels: LABELS,
    command: ["node", "--input-type=module", "-e", SERVICE],
    environment: { RTTLAB_NAME: "host" },
    attachments: [
      { network: DATA, address: "198.18.77.10" },
      { network: MGMT, address: "198.18.78.10" },
    ],
    extraHosts: { peer: "198.18.79.10" },
    sysctls: { "net.ipv4.tcp_no_metrics_save": "1" },
    user: "1000:1000",
    capabilities: [],
    tmpfs: { "/run/rttlab": "uid=1000,gid=1000,mode=700" },
    memoryBytes: 2 ** 27,
    pidsLimit: 64,
    processors: { quota: 0.5, cores: [0] },
    ports: [],
  };
}

export function wiring(image: string): WiringSpec {
  return {
    name: `${HOST}.wiring`,
    container: HOST,
    image,
    labels: LABELS,
    routes: [{ subnet: "198.18.79.0/24", via: "198.18.77.2" }],
    congestionControl: "cubic",
    blackholes: ["198.18.77.1", "198.18.78.1"],
    dataAddresses: ["198.18.77.10"],
  };
}

export function network(name: string, prefix: string): NetworkSpec {
  return { name, subnet: `${prefix}.0/24`, gateway: `${prefix}.1`, labels: LABELS, options: {} };
}

export function step(action: Action, ...needs: string[]): Step {
  const target =
    action.op === "create-network"
      ? action.network.name
      : action.op === "create-container"
        ? action.container.name
        : action.op;
  return { id: `${action.op} ${target}`, target, because: "a test", needs, action };
}
