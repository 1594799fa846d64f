// House rules that a program can check: small files that open with a comment, precise names, plain
// comments, nothing unfinished, nothing of one machine.

import { isScript, type SourceFile, withoutComments } from "./sources.ts";

const LONGEST_LINES = 300;
const COMMENT_COLUMNS = 100;
const NARRATION = new RegExp(`\\b(?:${["to" + "ld", "tel" + "ls"].join("|")})(?:\\b|[A-Z])`, "i");
/** A sentence with a relative clause as its subject, which is understood only at its end. */
const CLAUSE_AS_SUBJECT = /(?:(?:\/\/|\*|^\s*#) |[.:;] )(?:What(?! happens:)|Who)(?:ever)? /;
/** Generated files and reports, lists of cases and recorded examples may be long. */
const MAY_BE_LONG = [
  /(^|\/)package-lock\.json$/,
  /\.generated\./,
  /\.schema\.json$/,
  /^docs\/reports\//,
  /\.cases\.md$/,
  /\/fixtures\//,
];

/**
 * "Helper" is a term here, for the short-lived container that wires a host; "helpers" is a drawer
 * for anything.
 */
const VAGUE = ["util", "utils", "helpers", "manager", "managers", "misc", "common"];
const VAGUE_TYPE = /\b(?:class|interface|type|function|const)\s+(\w*(?:Manager|Helpers|Utils?))\b/g;

// Joined, so that this file does not break its own rules.
const UNFINISHED = new RegExp(
  `\\b(?:${["TO" + "DO", "FIX" + "ME", "X" + "XX"].join("|")})\\b|not (?:yet )?imple${"mented"}`,
);
const REGISTRIES =
  /registry\.(?:npm|yarn)|deb\.debian|security\.debian|archive\.ubuntu|docker\.io\/|ghcr\.io|quay\.io|pkg\.github/;
const MACHINE_PATH = new RegExp(`(?:^|[\\s"'\`(=:])/(?:${["work", "root", "home", "Users"].join("|")})/[\\w.-]+`, "m");

export function tooLong(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !MAY_BE_LONG.some((pattern) => pattern.test(path)))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > LONGEST_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/**
 * Sources that open with code. A test beside its subject needs no head: its name says what it
 * tests.
 */
export function headless(sources: readonly SourceFile[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return sources
    .filter(({ path }) => !paths.has(path.replace(".test.ts", ".ts")) || !path.endsWith(".test.ts"))
    .filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/|\/\*)/.test(text))
    .map(({ path }) => path);
}

export function vagueNames(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, text }) => [
    ...(path.split(/[/.-]|(?<=[a-z])(?=[A-Z])/).some((word) => VAGUE.includes(word.toLowerCase().replace(/\d+$/, "")))
      ? [path]
      : []),
    ...[...text.matchAll(VAGUE_TYPE)].map((match) => `${path}: ${match[1]}`),
  ]);
}

export function unfinished(files: readonly SourceFile[]): string[] {
  return matching(files, UNFINISHED);
}

/** Lines of comments wider than COMMENT_COLUMNS. Directives of tools and links may be. */
export function wideComments(files: readonly SourceFile[]): string[] {
  return commentLines(files)
    .filter(({ line }) => line.length > COMMENT_COLUMNS && !/biome-ignore|@(?:type|param|import)\b|https?:/.test(line))
    .map(({ place }) => place);
}

/** Lines of pages wider than COMMENT_COLUMNS. Tables, code and links may be. */
export function wideProse(files: readonly SourceFile[]): string[] {
  return files.filter(isPage).flatMap(({ path, text }) =>
    text
      .replace(/^```[\s\S]*?^```/gm, (code) => code.replace(/[^\n]/g, ""))
      .split("\n")
      .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
      .filter(({ line }) => line.length > COMMENT_COLUMNS && !/^(?: {4}|\|)|\]\(|https?:/.test(line))
      .map(({ place }) => place),
  );
}

/** Pages that people write: no reports, no cases, and no template, whose lines grow when filled. */
export function isPage({ path }: SourceFile): boolean {
  return path.endsWith(".md") && !/^docs\/(?:reports\/|essay\.md)|\.cases\.md$|\.template\.md$/.test(path);
}

/** Words of a narrator, in names too: say who calls, reports, prints or distinguishes instead. */
export function narration(sources: readonly SourceFile[]): string[] {
  return matching(sources, NARRATION);
}

/** Comments whose sentences begin with a relative clause instead of their subject. */
export function lateSubjects(files: readonly SourceFile[]): string[] {
  return commentLines(files)
    .filter(({ line }) => CLAUSE_AS_SUBJECT.test(line))
    .map(({ place, line }) => `${place}: ${line.trim()}`);
}

/**
 * Labels, and names of a scenario's things, spelled elsewhere than where they are defined. Tests
 * spell them, so that a changed name is noticed.
 */
export function borrowedNames(sources: readonly SourceFile[]): string[] {
  const code = sources
    .filter(({ path }) => !/^tests\/|\.test\.ts$|^topology\/plan\/names\.ts$/.test(path))
    .map(({ path, text }) => ({ path, text: withoutComments(text) }));
  const namers = code.filter(({ path }) => NAMERS.test(path) && path !== TURNS);
  return [...matching(code, LABEL), ...matching(namers, DOCKER_NAME)];
}

const NAMERS = /^(?:topology\/(?:plan|apply|calibrate|testbed|commands)|bench\/measure)\//;
const LABEL = /["'`]rttlab\.[a-z]+(?:["'`=]|\$\{)/;
/** A name of ours, or that of a container that belongs to another: `${container}.wiring`. */
const DOCKER_NAME = /["'`]rttlab-|`\$\{(?!string\})[a-z][^`{}]*\}\.[a-z]+(?:-\$\{\w+\})?`/;
/** It names sockets. */
const TURNS = "topology/apply/turn.ts";

/** Object literals with another one spread into them, to please the formatter. */
export function spreadLiterals(sources: readonly SourceFile[]): string[] {
  return matching(sources, /[.]{3}[{]/);
}

/**
 * Values that a program defines below the line that awaits all of it: they are not there until it
 * is over. Tests hold programs as text.
 */
export function lateValues(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => !path.endsWith(".test.ts"))
    .flatMap(({ path, text }) => {
      const [, below = ""] = /^await (?:runProgram|runCommands|main)\(([\s\S]*)/m.exec(text) ?? [];
      return [...below.matchAll(/^(?:export )?(?:const|let|class) (\w+)/gm)].map(([, name]) => `${path}: ${name}`);
    });
}

function commentLines(files: readonly SourceFile[]): { line: string; place: string }[] {
  return files.flatMap((file) => {
    const comment = isScript(file) ? /^\s*#(?!!)/ : /^\s*(?:\/\/|\/\*|\*(?!\*))/;
    return file.text
      .split("\n")
      .map((line, index) => ({ line, place: `${file.path}:${index + 1}` }))
      .filter(({ line }) => comment.test(line));
  });
}

export function registryHosts(files: readonly SourceFile[]): string[] {
  return matching(files, REGISTRIES);
}

export function machinePaths(files: readonly SourceFile[]): string[] {
  return matching(files, MACHINE_PATH);
}

/**
 * Test names of one or two words, which name a thing instead of saying what it does. Computed names
 * are not checked.
 */
export function bareTestNames(sources: readonly SourceFile[]): string[] {
  return sources
    .filter(({ path }) => path.endsWith(".test.ts"))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/^\s*(?:it|test)\(\s*(["'`])(.+?)\1/gm)]
        .map((match) => match[2] as string)
        .filter((name) => !name.includes("${") && name.trim().split(/\s+/).length < 3)
        .map((name) => `${path}: "${name}"`),
    );
}

function matching(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ line, place }) => `${place}: ${line.trim().slice(0, 100)}`),
  );
}
