// Other people's programs, for comparison or as peers, each in a container of its own that is no
// member of a testbed. Only tests need them, so only tests build their images. Testcontainers
// starts and ends the containers (decision 0012).

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { GenericContainer } from "testcontainers";
import { contextFiles, contextTar, copiedPaths } from "../../topology/apply/context.ts";
import { followProgress } from "../../topology/apply/progress.ts";
import { ROOT } from "./apply-host.ts";
import { engine } from "./engine.ts";

// its reaper is an image, which cannot be pulled everywhere; the labels below do its work
process.env.TESTCONTAINERS_RYUK_DISABLED = "true";

export const TEST_LABELS = { "rttlab.role": "test" };
const PEER_LABEL = "rttlab.peer";

/**
 * A container of images/peers/<peer> that sleeps, not started yet. The image is built on the base
 * that its Dockerfile's argument names. A container that a killed test has left is removed.
 */
export async function peerContainer(peer: string, buildargs: Record<string, string>): Promise<GenericContainer> {
  const image = await buildPeer(peer, buildargs);
  const left = await engine.listContainers({ all: true, filters: { label: [`${PEER_LABEL}=${peer}`] } });
  for (const { Id } of left) await engine.getContainer(Id).remove({ force: true });
  return new GenericContainer(image)
    .withCommand(["sleep", "infinity"])
    .withLabels({ ...TEST_LABELS, [PEER_LABEL]: peer });
}

/** Returns the image's name. Docker's cache makes repetitions short. */
async function buildPeer(peer: string, buildargs: Record<string, string>): Promise<string> {
  const image = `rttlab/peer-${peer}:test`;
  const dockerfile = await readFile(join(ROOT, "images", "peers", peer, "Dockerfile"), "utf8");
  const context = contextTar(dockerfile, await contextFiles(copiedPaths(dockerfile), ROOT, {}));
  const options = { t: image, networkmode: "host", buildargs, labels: TEST_LABELS, forcerm: true };
  const said: string[] = [];
  const output = await engine.buildImage(context, options);
  await followProgress(output, (line) => said.push(line)).catch((cause: Error) => {
    throw new Error(`building ${image}: ${cause.message}\n${said.join("\n")}`, { cause });
  });
  return image;
}
