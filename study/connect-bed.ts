// Connects a study to a running testbed, as its Bed.

import type { DirectionCounters } from "../lib/contract/link.ts";
import type { ContainerUsage, UsageReading } from "../lib/contract/usage.ts";
import type { RttlabError } from "../lib/errors.ts";
import type { HostShells } from "../topology/apply/host-shells.ts";
import { dockerName } from "../topology/plan/names.ts";
import {
  changeLink,
  changeServer,
  inspectLink,
  leastRttMillis,
  openTuning,
  readUsage,
  reportProgress,
  request,
  type Testbed,
} from "../topology/testbed/testbed.ts";
import type { Bed } from "./bed.ts";
import type { DirectionCount, Sight, UseSight } from "./snapshot.ts";
import { readTcpCounts, TCP_COUNTER_FILES, type TcpCounts } from "./tcp-counts.ts";
import { connectTracing } from "./traces/connect.ts";

/**
 * `tuned`: hosts whose kernel settings the study changes. `traced`: those whose TCP connections it
 * traces. `anyHost`: one that there is.
 */
export async function connectBed(
  testbed: Testbed & { shells: HostShells },
  links: readonly string[],
  { tuned, traced, anyHost }: { tuned: readonly string[]; traced: readonly string[]; anyHost: string },
): Promise<Bed> {
  const tunings = new Map(
    await Promise.all(tuned.map(async (host) => [host, await openTuning(testbed, host)] as const)),
  );
  const trace = await connectTracing(testbed, { tcpHosts: traced, anyHost });
  return {
    trace,
    report: (progress) => reportProgress(testbed, progress),
    changeLink: async (link, settings) => void (await changeLink(testbed, link, settings)),
    playLink: async (link, steps, { onBegin, signal }) => {
      const onEvent = ({ event }: { event: string }) => event === "playing" && onBegin();
      return (await request(testbed, link, "link.play", { steps: [...steps] }, { onEvent, signal })).played;
    },
    changeServer: (host, options) => changeServer(testbed, host, options),
    tuneHost: async (host, words) => tunings.get(host)?.(words),
    lookAtUse: async () => useOf(await readUsage(testbed)),
    readTcp: (host) => readTcp(testbed, host),
    ping: (from, to, overMillis) => unlessEnded(leastRttMillis(inHost(testbed, from), to, overMillis)),
    look: (measured) => look(testbed, links, measured),
    measure: (host, operation, asked, signal) => request(testbed, host, operation, asked, { signal }),
  };
}

async function look(
  testbed: Testbed & { shells: HostShells },
  links: readonly string[],
  measured: string,
): Promise<Sight> {
  const [tcp, usage, ...inspections] = await Promise.all([
    unlessEnded(readTcp(testbed, measured)),
    readUsage(testbed),
    ...links.map((link) => unlessEnded(inspectLink(testbed, link))),
  ]);
  const count = ({
    received,
    sent,
    lost,
    dropped,
    marked,
    missed,
    propagating,
    queued,
  }: DirectionCounters): DirectionCount => ({
    received: received.packets,
    sent: sent.packets,
    lost,
    dropped,
    marked,
    missed,
    held: propagating.packets + queued.packets,
  });
  return {
    tcp,
    packets: perContainer(usage, ({ receivedPackets, sentPackets }) => ({
      received: receivedPackets,
      sent: sentPackets,
    })),
    links: Object.fromEntries(
      links.flatMap((link, index) => {
        const seen = inspections[index] ?? null;
        if (seen === null) return [];
        const { counters, settings, revision, differences } = seen;
        const [forward, backward] = [count(counters.forward), count(counters.backward)];
        return [[link, { forward, backward, settings, revision, differences }]];
      }),
    ),
  };
}

/** Null of a container that has ended or is paused, which makes the run void (judge.ts). */
async function unlessEnded<Reading>(reading: Promise<Reading>): Promise<Reading | null> {
  try {
    return await reading;
  } catch (error) {
    if (ENDED.includes((error as RttlabError).code)) return null;
    throw error;
  }
}

const ENDED = ["E_NOT_RUNNING", "E_NO_CONTAINER"];

function useOf(usage: UsageReading): UseSight {
  return {
    atMillis: usage.atMillis,
    machine: usage.machine,
    cpuSeconds: perContainer(usage, ({ cpuSeconds }) => cpuSeconds),
    memoryBytes: perContainer(usage, ({ memoryBytes }) => memoryBytes),
    carriedBytes: perContainer(usage, ({ receivedBytes, sentBytes }) => ({ received: receivedBytes, sent: sentBytes })),
  };
}

async function readTcp(testbed: Testbed & { shells: HostShells }, host: string): Promise<TcpCounts> {
  return readTcpCounts(await inHost(testbed, host)(["cat", ...TCP_COUNTER_FILES]));
}

/** Runs commands in a host; each resolves to its output. */
function inHost({ scenario, shells }: Testbed & { shells: HostShells }, host: string) {
  return (command: readonly string[]) => shells.run(dockerName(scenario, host), command);
}

/** By name, of the containers that have not ended. */
function perContainer<Value>(
  { containers }: UsageReading,
  of: (usage: ContainerUsage) => Value,
): Record<string, Value> {
  return Object.fromEntries(containers.flatMap(({ host, usage }) => (usage === null ? [] : [[host, of(usage)]])));
}
