// Scenarios, commands, parts, error codes, benches, tests and engines, seen by the programs that list or
// start them.

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Addition, assertIncludes, load, output } from "./addition.ts";

export const scenario: Addition = {
  what: "scenario",
  file: {
    path: "topology/scenarios/added.yaml",
    text: `title: Added to try it
networks: {servers: {}, site: {}}
hosts: {server: {role: server, on: servers}}
links: {wan: {between: [site, servers], rtt: 20ms}}
`,
  },
  works: async (root) => assertIncludes(await output(root, "topology/main.ts", "list"), "Added to try it"),
};

export const topologyCommand: Addition = {
  what: "command of `topology`",
  file: { path: "topology/commands/greet.ts", text: greeting("Hello from topology") },
  line: {
    in: "topology/main.ts",
    after: "const COMMANDS: readonly CommandLine[] = [\n",
    text: commandLine("greet"),
  },
  works: async (root) => assertIncludes(await output(root, "topology/main.ts", "greet"), "Hello from topology"),
};

export const studyCommand: Addition = {
  what: "command of `study`",
  file: {
    path: "study/commands/salute.ts",
    text: greeting("Hello from study").replace("./output.ts", "../../topology/commands/output.ts"),
  },
  line: {
    in: "study/commands/table.ts",
    after: "const COMMANDS: readonly CommandLine[] = [\n",
    text: commandLine("salute").replace("./commands/", "./"),
  },
  works: async (root) => assertIncludes(await output(root, "study/main.ts", "salute"), "Hello from study"),
};

export const command: Addition = {
  what: "command of `npm run` and `bin/rttlab`",
  file: {
    path: "bench/weather/main.ts",
    text: `// \`rttlab weather\`: that it is fine.

import { RttlabError } from "../../lib/errors.ts";

if (process.argv[2] === "storm") throw new RttlabError("E_STORM", "looking at the sky: there is a storm");
process.stdout.write("fine\\n");
`,
  },
  line: {
    in: "bin/setup/commands.mjs",
    after: "const COMMANDS = {\n",
    text: '  weather: { title: "the weather", example: "weather", main: "bench/weather/main.ts", needsDocker: never },\n',
  },
  async works(root) {
    const { findCommand, helpText } = await load(root, "bin/setup/commands.mjs");
    const { main, needsDocker } = findCommand("weather", [], root);
    assert.equal(needsDocker, false);
    assertIncludes(helpText(), "./bin/rttlab weather");
    assert.equal(await output(root, main), "fine\n");
  },
};

/** Thrown by the command above. */
export const errorCode: Addition = {
  what: "error code",
  line: {
    in: "docs/errors.md",
    after: "## Setting up (`bin/rttlab`)\n\n| code | exit | meaning, and what to do |\n|---|---|---|\n",
    text: "| `E_STORM` | 1 | there is a storm; wait |\n",
  },
  works: async (root) => assertIncludes(await output(root, "--test", "tests/errors.test.ts"), "pass 1"),
};

export const bench: Addition = {
  what: "bench",
  file: { path: "bench/nothing.ts", text: '// How long nothing takes.\n\nprocess.stdout.write("0 s\\n");\n' },
  async works(root) {
    const { findCommand } = await load(root, "bin/setup/commands.mjs");
    assert.equal(await output(root, findCommand("bench", ["nothing"], root).main), "0 s\n");
  },
};

export const dockerTest: Addition = {
  what: "test on real containers",
  file: {
    path: "tests/docker/added.test.ts",
    text: '// Nothing yet.\n\nimport { it } from "node:test";\n\nit("holds without any container", () => {});\n',
  },
  async works(root) {
    const { findCommand } = await load(root, "bin/setup/commands.mjs");
    assert.deepEqual(findCommand("test", ["added"], root), {
      main: join(root, "tasks/test.ts"),
      words: ["added"],
      needsDocker: true,
    });
  },
};

export const dockerEngine: Addition = {
  what: "Docker engine that tests are run on",
  line: {
    in: "tasks/engines/engines.ts",
    after: "export const ENGINES: readonly EngineKind[] = [\n",
    text: '  docker("quiet-log", "the newest, with few lines in its log", { "log-level": "error" }),\n',
  },
  works: async (root) => assertIncludes(await output(root, "tasks/engines.ts", "--help"), "quiet-log"),
};

export const part: Addition = {
  what: "part (a folder that others import)",
  file: { path: "weather/sky.ts", text: '// The sky.\n\nexport const COLOUR = "blue";\n' },
  line: { in: "tests/rules/arrows.ts", after: '  ["images/", []],\n', text: '  ["weather/", ["lib/"]],\n' },
  async works(root) {
    const { arrowViolations } = await load(root, "tests/rules/arrows.ts");
    const { isSource, repositoryFiles } = await load(root, "tests/rules/sources.ts");
    assert.deepEqual(arrowViolations(repositoryFiles().filter(isSource)), []);
  },
};

function greeting(text: string): string {
  return `// Says hello.

import type { Output } from "./output.ts";

export async function greet(_words: string[], output: Output): Promise<number> {
  await output.result({ text: "${text}" }, () => "${text}");
  return 0;
}
`;
}

function commandLine(name: string): string {
  const load = `async () => (await import("./commands/${name}.ts")).greet`;
  return `  { usage: "${name}", summary: "says hello", example: "${name}", load: ${load} },\n`;
}
