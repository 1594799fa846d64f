// The house rules that a program can see: small files, opened by a comment, honest names, nothing unfinished, nothing of one machine.

import type { SourceFile } from "./sources.ts";

const LONGEST_LINES = 300;
/** Generated files, lists of cases and recorded examples may be long. */
const MAY_BE_LONG = [/(^|\/)package-lock\.json$/, /\.generated\./, /\.schema\.json$/, /\.cases\.md$/, /\/fixtures\//];

/** A helper is a thing here: the short-lived container that wires a host. Helpers are a drawer. */
const VAGUE = ["util", "utils", "helpers", "manager", "managers", "misc", "common"];
const VAGUE_TYPE = /\b(?:class|interface|type|function)\s+(\w*(?:Manager|Helpers|Utils?))\b/g;

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

/** Sources that open with code. A test beside its subject needs no words: its name says what it tests. */
export function headless(sources: readonly SourceFile[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return sources
    .filter(({ path }) => !paths.has(path.replace(".test.ts", ".ts")) || !path.endsWith(".test.ts"))
    .filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/|\/\*)/.test(text))
    .map(({ path }) => path);
}

export function vagueNames(sources: readonly SourceFile[]): string[] {
  return sources.flatMap(({ path, text }) => [
    ...(path.split(/[/.-]/).some((word) => VAGUE.includes(word.toLowerCase().replace(/\d+$/, ""))) ? [path] : []),
    ...[...text.matchAll(VAGUE_TYPE)].map((match) => `${path}: ${match[1]}`),
  ]);
}

export function unfinished(files: readonly SourceFile[]): string[] {
  return matching(files, UNFINISHED);
}

export function registryHosts(files: readonly SourceFile[]): string[] {
  return matching(files, REGISTRIES);
}

export function machinePaths(files: readonly SourceFile[]): string[] {
  return matching(files, MACHINE_PATH);
}

/** Test names of one or two words: they name a thing, where a sentence would say what it does. Made-up ones are let be. */
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
