// Two containers and one link between them, for RUDP beside the kernel's TCP: both ends' routes choose the congestion control, the link's
// settings change between measurements, and whatever runs in a container is started by exec.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";

const SCENARIO = "bench-rudp";
const LINK = `${SCENARIO}/path`;
const TEXT = `title: Two endpoints for measuring RUDP beside TCP
networks: {near: {}, far: {}}
hosts:
  rudp-a: {role: rudp, on: near}
  rudp-sink: {role: rudp, on: far}
links:
  path: {between: [near, far], rtt: 100ms, rate: 50mbit, queue: 1bdp}
`;
export type Family = "reno" | "cubic";
export type Host = "rudp-a" | "rudp-sink";

const run = promisify(execFile);

export interface Path extends AsyncDisposable {
  /** Changes both directions of the link, in the words of `topology set`. */
  set(...words: string[]): Promise<void>;
  /** The congestion control of TCP between the two from now on; a route's choice goes before a program's. */
  useCongestionControl(family: Family): Promise<void>;
  /** Runs a command in a host; its stdout. */
  at(host: Host, ...command: string[]): Promise<string>;
}

export async function bringUpPath(): Promise<Path> {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  const file = join(folder, `${SCENARIO}.yaml`);
  await writeFile(file, TEXT);
  await topology("up", file, "idle", "uncalibrated");
  const image = await imageOf("rudp-a");
  return {
    set: async (...words) => void (await topology("set", LINK, ...words)),
    useCongestionControl: async (family) => {
      for (const host of ["rudp-a", "rudp-sink"] as const) await reroute(host, image, family);
    },
    at: async (host, ...command) => {
      const { stdout } = await run("docker", ["exec", nameOf(host), ...command], { maxBuffer: 64e6 });
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await topology("down", SCENARIO);
      await rm(folder, { recursive: true });
    },
  };
}

/** The route to the other network again, with another congestion control: by a helper, for hosts have no rights of that kind. */
async function reroute(host: Host, image: string, family: Family): Promise<void> {
  const script = `ip route show | sed -n 's/ congctl [a-z]*.*/ congctl ${family}/p' | while read -r r; do ip route replace $r; done`;
  const helper = [
    "--network",
    `container:${nameOf(host)}`,
    "--user",
    "0:0",
    "--cap-drop",
    "ALL",
    "--cap-add",
    "NET_ADMIN",
  ];
  await run("docker", ["run", "--rm", ...helper, image, "sh", "-c", script]);
}

async function imageOf(host: Host): Promise<string> {
  return (await new Docker().getContainer(nameOf(host)).inspect()).Config.Image;
}

function nameOf(host: Host): string {
  return `rttlab-${SCENARIO}-${host}`;
}

async function topology(...words: string[]): Promise<void> {
  await run(process.execPath, ["bin/rttlab", "topology", ...words], { maxBuffer: 16e6 });
}
