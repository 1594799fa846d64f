// Docker's engine by a way of its own, which breaks as when the engine crashes: nothing answers any
// more, and the scenario's containers have ended.

import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { connectDocker } from "../../topology/apply/docker.ts";
import { engine } from "./engine.ts";

export interface CrashingEngine {
  /** Its DOCKER_HOST. */
  url: string;
  crash(scenario: string): Promise<void>;
}

/** `folder`: where its socket is made. */
export async function openCrashingEngine(folder: string): Promise<CrashingEngine> {
  const { protocol, pathname, hostname, port } = new URL((await connectDocker()).endpoint.url);
  const place = protocol === "unix:" ? { path: pathname } : { host: hostname, port: Number(port) };
  const path = join(folder, "engine.sock");
  const open = new Set<Socket>();
  // An exec goes on when its input has ended.
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ ...place, allowHalfOpen: true });
    near.pipe(far).pipe(near);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          open.delete(socket);
          other.destroy();
        });
    }
  });
  await once(server.listen(path), "listening");
  return {
    url: `unix://${path}`,
    async crash(scenario) {
      server.close();
      for (const socket of open) socket.destroy();
      const running = await engine.listContainers({ filters: { label: [`rttlab.scenario=${scenario}`] } });
      await Promise.all(running.map(({ Id }) => engine.getContainer(Id).kill().catch(unlessEnded)));
    },
  };
}

/** A container may end by itself before it is killed. */
function unlessEnded(error: { statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
