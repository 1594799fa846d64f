// The pages under docs/ and beside it are true as far as a program can see: links lead somewhere,
// and the files, tests and commands that a page names are there.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, it } from "node:test";
import { findCommand } from "../bin/setup/commands.mjs";
import { COMMANDS } from "../study/commands/table.ts";
import { ROOT, repositoryPaths } from "./rules/sources.ts";

/** Reports and the essay are written by a program, the former with links to their own plots. */
const pages = repositoryPaths().filter(
  (path) => path.endsWith(".md") && !/\.cases\.md$|\/report\.md$|\.template\.md$|^node_modules/.test(path),
);
/** Those that show what they claim by naming files, tests and commands. */
const witnesses = pages.filter((path) => /^docs\/(assignments|lab|reports|essay)\b/.test(path));

describe("every page", () => {
  it("has links that lead to a file, and to a heading of it", () => {
    assert.deepEqual(pages.flatMap(brokenLinks), []);
  });
});

describe("the page of findings", () => {
  it("lists every script once, and no other", () => {
    const listed = [...textOf("findings/README.md").matchAll(/^- `([\w-]+\.sh)`:/gm)].map(([, name]) => name);
    const scripts = readdirSync(`${ROOT}findings`).filter((name) => name.endsWith(".sh"));
    assert.deepEqual(listed.sort(), scripts.sort());
  });
});

describe("a page that names its evidence", () => {
  it("names files that exist", () => {
    assert.deepEqual(witnesses.flatMap(missingFiles), []);
  });

  it("names tests by words that stand in them", () => {
    assert.deepEqual(witnesses.flatMap(missingTests), []);
  });

  it("names commands, parts, studies and scenarios that there are", () => {
    assert.deepEqual(witnesses.flatMap(unknownCommands), []);
  });

  it("is looked at: the assignments name many tests and commands", () => {
    const text = witnesses.map(textOf).join("\n");
    assert.ok([...text.matchAll(NAMED_TEST)].length > 20 && commandsIn(text).length > 8);
  });
});

const NAMED_TEST = /`([\w./-]+\.test\.ts)` "([^"]+)"/g;

function brokenLinks(page: string): string[] {
  const prose = textOf(page).replace(/^```.*?^```/gms, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .filter((target) => {
      const [path = "", heading] = target.split("#");
      const file = path === "" ? page : posix.join(posix.dirname(page), path);
      if (!existsSync(ROOT + file)) return true;
      return heading !== undefined && !headingsOf(textOf(file)).includes(heading);
    })
    .map((target) => `${page}: ${target}`);
}

/** As GitHub makes anchors of headings. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function missingFiles(page: string): string[] {
  return [...textOf(page).matchAll(/`([\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs|md|yaml|csv))`/g)]
    .map(([, path = ""]) => path)
    .filter((path) => !existsSync(ROOT + path))
    .map((path) => `${page}: ${path}`);
}

function missingTests(page: string): string[] {
  return [...textOf(page).matchAll(NAMED_TEST)]
    .filter(([, file = "", name = ""]) => !existsSync(ROOT + file) || !textOf(file).includes(name))
    .map(([named]) => `${page}: ${named}`);
}

function unknownCommands(page: string): string[] {
  return commandsIn(textOf(page))
    .filter((command) => !isKnown(command))
    .map((command) => `${page}: ${command}`);
}

/** In backticks or at the head of a line of a block. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/(?:`|^)((?:npm (?:run|test)|\.\/bin\/rttlab) [^`#\n]*)/gm)].map(([, command = ""]) =>
    command.trim(),
  );
}

function isKnown(command: string): boolean {
  const words = command.replace(/^(npm run (-s )?|npm |\.\/bin\/rttlab )/, "").split(/\s+/);
  const [name = "", verb = "", target = ""] = words;
  try {
    findCommand(name, words.slice(1), ROOT);
  } catch {
    return false;
  }
  if (name === "test") return words.slice(1).every(isPart);
  if (name === "topology") {
    const needsScenario = ["up", "plan", "down"].includes(verb) && target !== "";
    return existsSync(`${ROOT}topology/commands/${verb}.ts`) && (!needsScenario || isScenario(target));
  }
  if (name === "study") {
    const needsStudy = ["run", "smoke", "plan"].includes(verb) && target !== "all";
    return (
      COMMANDS.some(({ usage }) => usage.split(" ")[0] === verb) &&
      (!needsStudy || target === "" || target.startsWith("./") || existsSync(`${ROOT}studies/${target}.yaml`))
    );
  }
  return true;
}

function isPart(word: string): boolean {
  return (
    ["check", "processes"].includes(word) ||
    ["slow", "docker"].some((folder) => readdirSync(`${ROOT}tests/${folder}`).includes(`${word}.test.ts`))
  );
}

function isScenario(word: string): boolean {
  return word === "all" || existsSync(ROOT + (word.endsWith(".yaml") ? word : `topology/scenarios/${word}.yaml`));
}

function textOf(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}
