// The rules of CONTRIBUTING that a program can check, over every file of the repository; and a
// proof that each rule detects its breaches.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readConfig } from "../services/server/config.ts";
import { scenarioOptions } from "../services/server/scenario-options.ts";
import { server } from "../topology/roles/server.ts";
import serverOptions from "../topology/roles/server-options.json" with { type: "json" };
import { arrowViolations, dockerViolations, importCycles } from "./rules/arrows.ts";
import {
  bareTestNames,
  borrowedNames,
  headless,
  isPage,
  lateSubjects,
  lateValues,
  machinePaths,
  narration,
  registryHosts,
  spreadLiterals,
  tooLong,
  unfinished,
  vagueNames,
  wideComments,
  wideProse,
} from "./rules/house.ts";
import { impurities } from "./rules/purity.ts";
import { drawRooms, withRooms } from "./rules/rooms.ts";
import { isScript, isSource, repositoryFiles, type SourceFile } from "./rules/sources.ts";

const files = repositoryFiles();
const sources = files.filter(isSource);
const commented = [...sources, ...files.filter(isScript)];

describe("in this repository", () => {
  it("imports follow the arrows between the parts", () => assert.deepEqual(arrowViolations(sources), []));
  it("no import leads back to where it came from", () => assert.deepEqual(importCycles(sources), []));
  it("protocols, plans and models are pure", () => assert.deepEqual(impurities(sources), []));
  it("Docker is touched in topology/apply alone", () => assert.deepEqual(dockerViolations(sources), []));
  it("no file is longer than 300 lines", () => assert.deepEqual(tooLong(files), []));
  it("every source opens by saying what it is", () => assert.deepEqual(headless(sources), []));
  it("no name is vague", () => assert.deepEqual(vagueNames(sources), []));
  it("nothing is left unfinished", () => assert.deepEqual(unfinished(files), []));
  it("comments are at most 100 columns wide", () => assert.deepEqual(wideComments(commented), []));
  it("pages are at most 100 columns wide", () => assert.deepEqual(wideProse(files), []));
  it("names, comments and pages say who does what, without a narrator", () => {
    assert.deepEqual(narration([...commented, ...files.filter(isPage)]), []);
  });
  it("sentences of comments begin with their subject", () => assert.deepEqual(lateSubjects(commented), []));
  it("names in Docker are spelled where they are defined", () => assert.deepEqual(borrowedNames(sources), []));
  it("no literal is spread into another", () => assert.deepEqual(spreadLiterals(sources), []));
  it("programs define every value above the line that runs them", () => assert.deepEqual(lateValues(sources), []));
  it("no package registry is named", () => assert.deepEqual(registryHosts(files), []));
  it("no path belongs to one machine", () => assert.deepEqual(machinePaths(files), []));
  it("the options of a server that a scenario may choose are the server's own: npm run generate writes them", () => {
    assert.deepEqual(serverOptions, scenarioOptions());
  });
  it("what a scenario cannot choose with RUDP is what the server refuses with it", () => {
    for (const [option, choice] of Object.entries(serverOptions)) {
      for (const value of "values" in choice ? choice.values : []) {
        const chosen = { transport: "rudp", [option]: value };
        const words = Object.entries(chosen).flatMap(([name, text]) => [`--${name}`, text]);
        const isRefused = server.contradictions(chosen).length > 0;
        if (isRefused) assert.throws(() => readConfig(words, {}), { code: "E_BAD_ENVIRONMENT" }, `${option} ${value}`);
        else readConfig(words, {});
      }
    }
  });

  it("the picture of rooms and arrows in CONTRIBUTING is that of the imports: npm run generate draws it", () => {
    const { text = "" } = files.find(({ path }) => path === "CONTRIBUTING.md") ?? {};
    assert.equal(text, withRooms(text, files));
  });
  it("test names say what happens", () => assert.deepEqual(bareTestNames(sources), []));
});

describe("the rules", () => {
  it("see an arrow that goes the wrong way, and a folder that has none", () => {
    const wrong = [
      file("lib/a.ts", 'import "../services/server/main.ts";'),
      file("services/server/b.ts", 'import "../loadgen/load.ts";'),
      file("services/server/http/b.ts", 'import "../files/site.ts";'),
      file("services/server/session/b.ts", 'import "../cases/raw-client.ts";'),
      file("topology/plan/c.ts", 'import "../apply/docker.ts";'),
      file("services/rudp/thread/d.ts", 'new Worker(new URL("../../server/main.ts", import.meta.url));'),
      file("elsewhere/d.ts", ""),
    ];
    assert.equal(arrowViolations(wrong).length, wrong.length);
    assert.deepEqual(arrowViolations([file("topology/apply/e.ts", 'import "../plan/step.ts"; import "zod";')]), []);
  });

  it("see an arrow between the wings of RUDP that goes the wrong way", () => {
    const wrong = [
      file("services/rudp/protocol/a.ts", 'import "../thread/ring.ts";'),
      file("services/rudp/thread/b.ts", 'import "../program/cli.ts";'),
      file("services/rudp/program/c.ts", 'import "../lab/simulation/network.ts";'),
      file("services/rudp/lab/d.ts", 'import "../thread/ring.ts";'),
      file("services/rudp/lab/e.ts", 'import "../program/cli.ts";'),
    ];
    assert.equal(arrowViolations(wrong).length, wrong.length);
    const right = [
      file("services/rudp/program/a.ts", 'import "../thread/ring.ts"; import "../protocol/wire.ts";'),
      file("services/rudp/lab/b.ts", 'import "../protocol/wire.ts"; import "../program/transfer/seeded.ts";'),
      file("services/rudp/protocol/c.test.ts", 'import "../lab/simulation/network.ts";'),
    ];
    assert.deepEqual(arrowViolations(right), []);
  });

  it("see time, chance, input and output in pure code, and in what it imports", () => {
    const impure = [
      'import { readFile } from "node:fs/promises";',
      'import { createHmac, randomBytes } from "node:crypto";',
      'import "node:fs";',
      'const later = import("node:fs");',
      "const now = Date.now();",
      "const now = new Date();",
      "const now = new Date;",
      "const now = performance.now();",
      "const chance = Math.random();",
      "const words = process.argv;",
      "const { env } = process;",
      'export { readFileSync } from "node:fs";',
      "setTimeout(later, 5);",
      "console.log(1);",
    ];
    for (const text of impure) {
      for (const folder of [
        "services/rudp/protocol",
        "services/server/http",
        "topology/plan",
        "topology/model",
        "analysis",
      ])
        assert.equal(impurities([file(`${folder}/a.ts`, text)]).length, 1, `${folder}: ${text}`);
      assert.deepEqual(impurities([file("lib/a.ts", text), file("topology/plan/a.test.ts", text)]), []);
      const importer = file("topology/plan/b.ts", 'import { a } from "../../lib/a.ts";');
      assert.equal(impurities([importer, file("lib/a.ts", text)]).length, 1, text);
    }
    const pure = [
      'import { Buffer } from "node:buffer";\nconst day = new Date(millis);\nDate.UTC(2026, 0);',
      'import { createHmac } from "node:crypto";\n// not performance.now()\n/** nor Math.random */',
      'import type { Socket } from "node:net";\nimport { type Server, isIPv6 } from "node:net";',
    ];
    for (const text of pure) assert.deepEqual(impurities([file("topology/plan/a.ts", text)]), [], text);
  });

  it("see a cycle of any length once", () => {
    const ring = [
      file("lib/a.ts", 'import "./b.ts";'),
      file("lib/b.ts", 'import "./c.ts";'),
      file("lib/c.ts", 'import "./a.ts";'),
    ];
    assert.deepEqual(importCycles(ring), ["lib/a.ts -> lib/b.ts -> lib/c.ts -> lib/a.ts"]);
  });

  it("draw an arrow from a room to each that it imports, but for those that follow from others", () => {
    const drawn = drawRooms([
      file("lib/a.ts", ""),
      file("topology/model/b.ts", 'import "../../lib/a.ts"; import "zod";'),
      file("topology/plan/c.ts", 'import "../model/b.ts";\nimport "../../lib/a.ts";'),
      file("topology/plan/c.test.ts", 'import "../../tests/rules/sources.ts";'),
    ]);
    const arrows = drawn.split("\n").filter((line) => line.includes("-->"));
    assert.deepEqual(arrows, ["  topology_model --> lib", "  topology_plan --> topology_model"]);
  });

  it("see Docker used by its library and by its command", () => {
    const byShell = 'import { execSync } from "node:child_process";\nexecSync("docker ps");';
    assert.deepEqual(dockerViolations([file("study/c.ts", byShell)]), ["study/c.ts"]);
    const byCommand = 'import { spawn } from "node:child_process";\nspawn("docker", ["ps"]);';
    const users = [file("lib/a.ts", 'import Docker from "dockerode";'), file("study/b.ts", byCommand)];
    assert.deepEqual(dockerViolations([...users, file("topology/apply/c.ts", byCommand)]), ["lib/a.ts", "study/b.ts"]);
  });

  it("see each breach of the house rules", () => {
    const breach = file(
      "lib/string-utils.ts",
      `export class Link${"Manager"} {}\n${"\n".repeat(300)}// TO${"DO"}: /ho${"me"}/me/x`,
    );
    const prose = file("lib/a.ts", `// ${"wide ".repeat(20)}\n// It is to${"ld"}.\nconst a = { .${".."}{ b: 1 } };`);
    for (const rule of [wideComments, narration, spreadLiterals]) assert.equal(rule([prose]).length, 1, rule.name);
    const late = ["/** What a link does. */", "// It ends. Whoever waits goes on.", " * Who comes first is served."];
    assert.equal(lateSubjects([file("images/a.sh", "# What a link does.")]).length, 1);
    assert.equal(wideComments([file("images/a.sh", `# ${"wide ".repeat(20)}`)]).length, 1);
    const page = ["# Links", "wide ".repeat(25), "```", "code ".repeat(25), "```", `| ${"cell ".repeat(25)}|`].join(
      "\n",
    );
    assert.deepEqual(wideProse([file("docs/a.md", page), file("docs/reports/a.md", page)]), ["docs/a.md:2"]);
    for (const text of late) assert.equal(lateSubjects([file("lib/a.ts", text)]).length, 1, text);
    assert.deepEqual(lateSubjects([file("lib/a.ts", "// It says what a link does.")]), []);
    const borrowed = [
      'labels["rttlab.role"]',
      'labels: { "rttlab.role": "probe" }',
      'filters: { label: ["rttlab.role=image"] }',
      ...["label: [`rttlab.scenario=NAME`]", "`rttlab-NAME-x`", "`NAME.wiring`", "`NAMEOF(scenario, link).probe-NAME`"],
    ].map((text) => text.replaceAll(/NAME(OF\([^)]*\))?/g, (_, call = "") => `\${name${call}}`));
    for (const text of borrowed) {
      assert.equal(borrowedNames([file("topology/apply/a.ts", text)]).length, 1, text);
      assert.deepEqual(borrowedNames([file("topology/plan/names.ts", text), file("lib/a.ts", `// ${text}`)]), []);
    }
    const betweenPatterns = 'glob("a/*.ts");\nlabels["rttlab.role"];\nglob("**/b.ts");';
    assert.equal(borrowedNames([file("topology/apply/a.ts", betweenPatterns)]).length, 1);
    assert.equal(narration([file("lib/a.ts", `const to${"ld"}AtMillis = 0;`)]).length, 1);
    assert.deepEqual(wideComments([file("lib/a.ts", `const a = "${"x".repeat(90)}"; // code may be wider`)]), []);
    for (const rule of [tooLong, headless, vagueNames, unfinished]) assert.notDeepEqual(rule([breach]), [], rule.name);
    const program = "const a = 1;\nawait main();\nfunction main() {}\nconst least = 1;";
    assert.deepEqual(lateValues([file("bench/a.ts", program), file("a.test.ts", program)]), ["bench/a.ts: least"]);
    assert.notDeepEqual(machinePaths([file("a.md", `see "/ho${"me"}/me/x"`)]), []);
    assert.notDeepEqual(registryHosts([file("a.json", `https://registry.${"npm"}js.org/zod`)]), []);
    assert.notDeepEqual(bareTestNames([file("lib/a.test.ts", 'it("units", () => {});')]), []);
  });
});

function file(path: string, text: string): SourceFile {
  return { path, text };
}
