// Roles and an image, seen in the plan of a scenario.

import assert from "node:assert/strict";
import { type Addition, load } from "./addition.ts";

export const host: Addition = {
  what: "role of hosts",
  file: {
    path: "topology/roles/gopher.ts",
    text: `// A peer that is not ours, found where RFC 1436 says.

import type { HostRoleSpec } from "./role.ts";

export const gopher = {
  image: "host",
  command: ["gopherd", "-foreground"],
  environment: { GOPHER_ROOT: "/tmp" },
  hasMetrics: false,
  readyMessage: "gopherd listens",
  endpoint: null,
  background: null,
} satisfies HostRoleSpec;
`,
  },
  line: {
    in: "topology/roles/table.ts",
    import: 'import { gopher } from "./gopher.ts";',
    after: "const HOSTS = {",
    text: " gopher,",
  },
  async works(root) {
    const steps = await planned(root, "hosts: {burrow: {role: gopher, on: here}}");
    const container = created(steps, "burrow");
    assert.deepEqual(container.command, ["gopherd", "-foreground"]);
    assert.equal(container.environment.GOPHER_ROOT, "/tmp");
    assert.equal(container.readyMessage, "gopherd listens");
    const { members } = steps.find(({ action }) => action.op === "watch")?.action.watch ?? assert.fail("no watch");
    const member = members.find(({ host: name }: { host: string }) => name === "burrow");
    assert.equal(member.address, null, "Prometheus is not sent to what has no metrics");
  },
};

export const peer: Addition = {
  what: "peer of the server",
  file: {
    path: "topology/roles/peers/lighttpd.ts",
    text: `// One more server that is not ours.

import { CONFIGURATION, DATA_ADDRESS, type Peer } from "./peer.ts";

export const lighttpd = {
  protocols: ["http"],
  options: ["connections"],
  command: ["lighttpd", "-D", "-f", CONFIGURATION],
  configuration: ({ port, root, connections }) =>
    \`server.bind = "\${DATA_ADDRESS}" server.port = \${port} server.document-root = "\${root}" server.max-connections = \${connections}\`,
} satisfies Peer;
`,
  },
  line: {
    in: "topology/roles/peers/table.ts",
    import: 'import { lighttpd } from "./lighttpd.ts";',
    after: "export const PEERS: Readonly<Record<string, Peer>> = {",
    text: "\n  lighttpd,",
  },
  async works(root) {
    const steps = await planned(root, "hosts: {web: {role: server, on: here, peer: lighttpd, connections: 7}}");
    const container = created(steps, "web");
    assert.equal(container.command[1], "lighttpd");
    assert.match(container.environment.RTTLAB_PEER_CONFIGURATION, /server.max-connections = 7$/);
  },
};

export const watcher: Addition = {
  what: "watcher of every testbed",
  file: {
    path: "topology/roles/sniffer.ts",
    text: `// One more of those who watch.

import type { WatcherRoleSpec } from "./role.ts";

export const sniffer = {
  image: "host",
  command: (scenario) => ["sniff", scenario],
  environment: () => ({}),
  hasMetrics: true,
  user: "1000:1000",
  memoryBytes: 64 * 1024 ** 2,
  pidsLimit: 16,
  tmpfs: {},
  reads: { "/host/sys": "/sys" },
  page: null,
} satisfies WatcherRoleSpec;
`,
  },
  line: {
    in: "topology/roles/table.ts",
    import: 'import { sniffer } from "./sniffer.ts";',
    after: "const WATCHING = {",
    text: " sniffer,",
  },
  async works(root) {
    const container = created(await planned(root, "hosts: {a: {role: server, on: here}}"), "sniffer");
    assert.deepEqual(container.command, ["sniff", "tried"]);
    assert.deepEqual(container.mounts, [{ source: { path: "/sys" }, target: "/host/sys", readOnly: true }]);
  },
};

export const image: Addition = {
  what: "image",
  file: { path: "images/gopher/Dockerfile", text: "ARG BASE\nFROM $BASE\nCOPY LICENSE /LICENSE\n" },
  line: {
    in: "topology/roles/images.ts",
    after: "export const IMAGES = {\n  base: { on: null },\n",
    text: '  gopher: { on: "base" },\n',
  },
  async works(root) {
    const { imageTags } = await load(root, "topology/apply/images.ts");
    assert.match((await imageTags(root, "amd64")).gopher, /^rttlab\/gopher:[0-9a-f]{12}$/);
  },
};

interface Step {
  // biome-ignore lint/suspicious/noExplicitAny: the types of a copy are not known when this is checked
  action: any;
}

async function planned(root: string, hosts: string): Promise<Step[]> {
  const { parseScenario } = await load(root, "topology/model/scenario.ts");
  const { planUp } = await load(root, "topology/plan/plan.ts");
  const { NOTHING } = await load(root, "topology/plan/simulation.ts");
  return planUp(parseScenario("tried", `title: Tried\nnetworks: {here: {}}\n${hosts}\n`), NOTHING).steps;
}

function created(steps: readonly Step[], name: string) {
  const found = steps.find(({ action }) => action.op === "create-container" && action.container.name.endsWith(name));
  return found?.action.container ?? assert.fail(`the plan makes no ${name}`);
}
