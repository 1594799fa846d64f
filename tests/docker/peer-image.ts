// Images of other people's programs, for comparison or as peers. Only tests need them, so only
// tests build them.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { contextFiles, contextTar, copiedPaths } from "../../topology/apply/context.ts";
import { followProgress } from "../../topology/apply/progress.ts";
import { ROOT } from "./apply-host.ts";
import { engine } from "./engine.ts";

export const TEST_LABELS = { "rttlab.role": "test" };

/**
 * Builds images/peers/<peer> on the base that its Dockerfile's argument names; returns the image's
 * name. Docker's cache makes repetitions short.
 */
export async function buildPeer(peer: string, buildargs: Record<string, string>): Promise<string> {
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
