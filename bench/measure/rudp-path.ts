// Two hosts and one link between them, for RUDP beside the kernel's TCP. The hosts' routes choose
// TCP's congestion control and segment size, and the link's settings change between measurements.

import { join } from "node:path";
import { tuningWords } from "../../study/hosts/words.ts";
import { startAttendant } from "../../topology/apply/attendant.ts";
import { connectDocker } from "../../topology/apply/docker.ts";
import { openHostShells } from "../../topology/apply/host-shells.ts";
import { imageOf } from "../../topology/apply/image-of.ts";
import { parseScenario } from "../../topology/model/scenario.ts";
import { readChange } from "../../topology/model/set.ts";
import { belongingName, dockerName, labelsOf, ROLE_LABEL } from "../../topology/plan/names.ts";
import { bringUp } from "../../topology/testbed/bring-up.ts";
import { changeLink, openTuning, printed, request, type Testbed } from "../../topology/testbed/testbed.ts";
import { useTestbed } from "../../topology/testbed/use.ts";

const TEXT = `title: Two endpoints for measuring RUDP beside TCP
networks: {near: {}, far: {}}
hosts:
  rudp-a: {role: rudp, on: near}
  rudp-sink: {role: rudp, on: far}
links:
  path: {between: [near, far], rtt: 100ms, rate: 50mbit, queue: 1bdp}
`;
const LINK = "path";
const HOSTS = ["rudp-a", "rudp-sink"] as const;
const ROOT = join(import.meta.dirname, "..", "..");
/** For a program that sends 20 MB from memory. */
const BESIDE_BYTES = 512 * 1024 ** 2;

export type Family = "reno" | "cubic";
export type Host = (typeof HOSTS)[number];

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
  const testbed = await begin(scenario, keeps);
  const shells = openHostShells(testbed.engine);
  const tunings = await Promise.all(HOSTS.map((host) => openTuning({ ...testbed, shells }, host)));
  return {
    async set(...words) {
      const { settings, backend } = await request(testbed, LINK, "link.status", {});
      await changeLink(testbed, LINK, readChange(LINK, settings, words, backend));
    },
    async useTcp(congestion, segmentBytes) {
      const segment = segmentBytes === null ? {} : { "advertised-segment": String(segmentBytes) };
      const words = tuningWords({ congestion, ...segment }, ["congestion", "advertised-segment"]);
      await Promise.all(tunings.map((tune) => tune(words)));
    },
    at: (host, ...command) => printed(testbed, host, command),
    async beside(host, ...command) {
      const attendant = belongingName(host, "beside");
      await startBeside(testbed, host, attendant);
      return printed(testbed, attendant, command);
    },
    async [Symbol.asyncDispose]() {
      await shells[Symbol.asyncDispose]();
      await testbed[Symbol.asyncDispose]();
    },
  };
}

async function begin(scenario: string, keeps: boolean): Promise<Testbed & AsyncDisposable> {
  const engine = await connectDocker();
  const topology = parseScenario(scenario, TEXT);
  const wishes = { background: false };
  if (!keeps) return useTestbed(engine, topology, wishes);
  await bringUp(engine, topology, wishes, () => {});
  return { engine, scenario, async [Symbol.asyncDispose]() {} };
}

async function startBeside({ engine, scenario }: Testbed, host: Host, name: string): Promise<void> {
  const container = dockerName(scenario, host);
  await startAttendant(engine, {
    name: dockerName(scenario, name),
    container,
    image: await imageOf(engine, container),
    labels: { ...labelsOf(scenario, "rudp", host), [ROLE_LABEL]: "beside" },
    capabilities: [],
    files: { "/repository": ROOT },
    memoryBytes: BESIDE_BYTES,
  });
}
