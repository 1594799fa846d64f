// Where a study runs, for its manifest: versions, kernel, processor, TCP's settings in the hosts,
// offloads, images and the scenario.

import { cpus, release, totalmem } from "node:os";
import type { Environment } from "../analysis/results.ts";
import type { Topology } from "../topology/model/topology.ts";
import { hostRole } from "../topology/roles/table.ts";
import { ROOT } from "../topology/testbed/perform.ts";
import { imagesOf, printed, request, type Testbed } from "../topology/testbed/testbed.ts";
import { commitOf } from "./commit.ts";
import { type KernelRecord, offloadsOf } from "./kernel-record.ts";
import { recordedTopology } from "./recorded-topology.ts";
import { PRINT_SETTINGS, settingsOf } from "./sysctls.ts";

export async function readEnvironment(
  testbed: Testbed,
  topology: Topology,
  record: KernelRecord,
): Promise<Environment> {
  const members = [...topology.hosts, ...topology.links].map(({ name }) => name);
  const [commit, sysctls, images, backends, docker] = await Promise.all([
    commitOf(ROOT),
    // A program of one's own may be without a shell.
    sysctlsOf(
      testbed,
      topology.hosts.filter(({ role }) => role !== "image"),
    ),
    imagesOf(testbed, members),
    Promise.all(topology.links.map(async ({ name }) => (await request(testbed, name, "link.status", {})).backend)),
    testbed.engine.docker.version(),
  ]);
  const [processor] = cpus();
  return {
    facts: {
      rttlab: commit,
      kernel: `${process.platform} ${release()}`,
      processor: `${cpus().length} x ${processor?.model ?? "unknown"}`,
      memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
      Node: process.version,
      Docker: docker.Version,
      ...Object.fromEntries([...images].map(([tag, digest]) => [`image ${tag}`, digest])),
      ...configurationsOf(topology),
      "links by": [...new Set(backends)].join(", "),
      ...sysctls,
    },
    generator: "the load generator and the RUDP endpoints of the testbed (docs/loadgen.md, docs/rudp.md)",
    offloads: offloadsOf(record),
    topology: recordedTopology(topology),
  };
}

/** Of peers, whose settings are part of what was measured; each as one line. */
function configurationsOf({ hosts }: Topology): Record<string, string> {
  return Object.fromEntries(
    hosts.flatMap(({ name, role, options }) => {
      const text = hostRole(role, options).environment.RTTLAB_PEER_CONFIGURATION;
      return text === undefined ? [] : [[`configuration of ${name}`, text.trim().replaceAll(/\s*\n\s*/g, " · ")]];
    }),
  );
}

async function sysctlsOf(testbed: Testbed, hosts: Topology["hosts"]): Promise<Record<string, string>> {
  const texts = await Promise.all(
    hosts.map(async ({ name }) => [name, await printed(testbed, name, PRINT_SETTINGS)] as const),
  );
  return settingsOf(new Map(texts));
}
