// Two containers and one link between them, for RUDP beside the kernel's TCP. Routes at both ends
// choose TCP's congestion control and segment size, the link's settings change between
// measurements, and programs start by exec or in containers beside the hosts.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import Docker from "dockerode";

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
const HOSTS: readonly Host[] = ["rudp-a", "rudp-sink"];

const run = promisify(execFile);

export interface Path extends AsyncDisposable {
  /** Changes both directions of the link, in the words of `topology set`. */
  set(...words: string[]): Promise<void>;
  /**
   * Sets TCP's congestion control between the two from now on, and its largest segment without
   * options (null: what the interfaces allow). A route's choice precedes a program's.
   */
  useTcp(family: Family, segmentBytes: number | null): Promise<void>;
  /** Runs a command in a host; returns its stdout. */
  at(host: Host, ...command: string[]): Promise<string>;
  /**
   * The same in a container of its own in the host's network, with this repository at /repository,
   * for programs that no host contains.
   */
  beside(host: Host, ...command: string[]): Promise<string>;
}

/** Brings the testbed up under a name, or uses a running one; `keeps` leaves it running. */
export async function bringUpPath(scenario: string, keeps: boolean): Promise<Path> {
  const folder = await mkdtemp(join(tmpdir(), "rttlab-bench-"));
  const file = join(folder, `${scenario}.yaml`);
  await writeFile(file, TEXT);
  await topology("up", file, "idle", "uncalibrated");
  const nameOf = (host: Host) => `rttlab-${scenario}-${host}`;
  const { Config } = await new Docker().getContainer(nameOf("rudp-a")).inspect();
  const docker = async (...words: string[]) => (await run("docker", words, { maxBuffer: 64e6 })).stdout;
  const inNetworkOf = (host: Host, words: string[], command: string[]) =>
    docker("run", "--rm", "--network", `container:${nameOf(host)}`, ...words, Config.Image, ...command);
  return {
    set: async (...words) => void (await topology("set", `${scenario}/path`, ...words)),
    useTcp: async (family, segmentBytes) => {
      const script = ["sh", "-c", reroute(family, segmentBytes)];
      const shown = await Promise.all(HOSTS.map((host) => inNetworkOf(host, ROUTING, script)));
      for (const routes of shown) checkRoutes(routes, family, segmentBytes);
    },
    at: (host, ...command) => docker("exec", nameOf(host), ...command),
    beside: (host, ...command) => inNetworkOf(host, ["--volume", `${process.cwd()}:/repository:ro`], command),
    async [Symbol.asyncDispose]() {
      if (!keeps) await topology("down", scenario);
      await rm(folder, { recursive: true });
    },
  };
}

/** Hosts themselves have no rights to change routes. */
const ROUTING = ["--user", "0:0", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN"];

/**
 * Replaces the routes to the other network and shows them. One end's advertised segment size is
 * what the other sends.
 */
function reroute(family: Family, segmentBytes: number | null): string {
  const given = "/ congctl /{s/ advmss [0-9]*//; s/ congctl [a-z]*//";
  return `ip route show | sed -n '${given}; s/$/${optionsOf(family, segmentBytes)}/; p}' | while read -r r; do ip route replace $r; done; ip route show`;
}

function optionsOf(family: Family, segmentBytes: number | null): string {
  return `${segmentBytes === null ? "" : ` advmss ${segmentBytes}`} congctl ${family}`;
}

/** Throws unless the replaced routes are as intended. */
function checkRoutes(shown: string, family: Family, segmentBytes: number | null): void {
  const routes = shown.split("\n").filter((line) => line.includes(" congctl "));
  const isMeant = (route: string) =>
    route.includes(` congctl ${family}`) &&
    / advmss (\d+)/.exec(route)?.[1] === (segmentBytes === null ? undefined : String(segmentBytes));
  if (routes.length === 0 || !routes.every(isMeant)) {
    throw new Error(
      `routes with ${family} and segments of ${segmentBytes ?? "their own"} bytes are wanted, there are: ${shown}`,
    );
  }
}

async function topology(...words: string[]): Promise<void> {
  await run(process.execPath, ["bin/rttlab", "topology", ...words], { maxBuffer: 16e6, timeout: 300_000 });
}
