// An impairment and a queue, seen in the tc commands of a scenario that asks for them.

import { type Addition, assertIncludes, load } from "./addition.ts";

export const impairment: Addition = {
  what: "impairment",
  file: {
    path: "lib/link/impairments/marking.ts",
    text: `// Loss of one direction that marks packets (ECN) instead of taking them.

import type { Impairment } from "../field.ts";

export const marking: Impairment<boolean> = {
  key: "marking",
  range: "on or off",
  pattern: "^(on|off)$",
  none: false,
  parse: (text) => (text === "on" ? true : text === "off" ? false : undefined),
  format: (isOn) => (isOn ? "on" : "off"),
  netem: (isOn) => (isOn ? [{ option: "ecn", words: [], report: { ecn: true } }] : []),
};
`,
  },
  line: {
    in: "lib/link/direction.ts",
    import: 'import { marking } from "./impairments/marking.ts";',
    after: "  lossRatio: loss,\n",
    text: "  isMarking: marking,\n",
  },
  works: async (root) => assertIncludes(await tcOf(root, "loss: 1%, marking: on"), "loss random 1% ecn"),
};

export const queue: Addition = {
  what: "queue of a link",
  file: {
    path: "lib/link/queues/pfifo.ts",
    text: `// A queue of a thousand packets below a token bucket.

import { FRAME_BYTES, type QueueKind } from "./kind.ts";

interface Pfifo {
  kind: "pfifo";
}

export const pfifo: QueueKind<Pfifo> = {
  kind: "pfifo",
  range: "pfifo",
  pattern: "^pfifo$",
  modules: ["sch_tbf"],
  parse: (text) => (text === "pfifo" ? { kind: "pfifo" } : undefined),
  format: () => "pfifo",
  packets: () => 1000,
  qdisc: (_queue, rateBitsPerSecond) => ({
    kind: "tbf",
    words: ["rate", \`\${rateBitsPerSecond}bit\`, "burst", \`\${2 * FRAME_BYTES}b\`, "limit", \`\${1000 * FRAME_BYTES}b\`],
    report: { rate: Math.floor(rateBitsPerSecond / 8) },
    child: { kind: "pfifo", words: ["limit", "1000"], report: { limit: 1000 } },
  }),
};
`,
  },
  line: {
    in: "lib/link/queues/table.ts",
    import: 'import { pfifo } from "./pfifo.ts";',
    after: "const KINDS = [dropTail, fqCodel",
    text: ", pfifo",
  },
  works: async (root) => assertIncludes(await tcOf(root, "rate: 10mbit, queue: pfifo"), "pfifo limit 1000"),
};

/** The tc commands of the forward direction of a link with these words. */
async function tcOf(root: string, words: string): Promise<string> {
  const { parseScenario } = await load(root, "topology/model/scenario.ts");
  const { buildCommands, stagesOf } = await load(root, "lib/link/link.ts");
  const text = `title: Added
networks: {servers: {}, site: {}}
hosts: {server: {role: server, on: servers}}
links:
  wan: {between: [site, servers], ${words}}
`;
  const { forward } = parseScenario("added", text).links[0].settings;
  const commands: string[][] = buildCommands(stagesOf(forward, 0, 1), { ingress: "a", ifb: "b", egress: "c" });
  return commands.map((command) => command.join(" ")).join("\n");
}
