// An impairment and a queue, seen in the tc commands of a scenario that asks for them.

import { type Addition, assertIncludes, load } from "./addition.ts";

export const impairment: Addition = {
  what: "impairment",
  file: {
    path: "lib/link/impairments/duplication.ts",
    text: `// Independent random duplication of one direction, as a ratio from 0 to 1.

import { formatQuantity, parseQuantity, quantityPattern } from "../../units.ts";
import type { Impairment } from "../field.ts";

export const duplication: Impairment<number> = {
  key: "duplication",
  range: "0% to 100%, such as 0.5%",
  pattern: quantityPattern("ratio"),
  none: 0,
  parse(text) {
    const ratio = parseQuantity(text, "ratio");
    return ratio !== undefined && ratio <= 1 ? ratio : undefined;
  },
  format: (ratio) => formatQuantity(ratio, "ratio"),
  netem: (ratio) =>
    ratio === 0
      ? []
      : [{ option: "duplicate", words: [formatQuantity(ratio, "ratio")], report: { duplicate: { duplicate: ratio } } }],
};
`,
  },
  line: {
    in: "lib/link/direction.ts",
    import: 'import { duplication } from "./impairments/duplication.ts";',
    after: "  lossRatio: loss,\n",
    text: "  duplicationRatio: duplication,\n",
  },
  works: async (root) => assertIncludes(await tcOf(root, "duplication: 1%"), "duplicate 1%"),
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
