// Parses a .htaccess file into Rules: sections here, directives in parse-access.ts and
// parse-settings.ts. Anything unknown or malformed makes the whole file broken, because a skipped
// line might have been the one that kept people out.

import { Broken } from "./broken.ts";
import { type Directive, readDirectives, type SyntaxProblem } from "./directives.ts";
import { filePattern } from "./file-pattern.ts";
import { isNamedMethod, type Methods, methodKey, methodsBut } from "./methods.ts";
import { applyAccess, isAllowedInRequire, requirementLine } from "./parse-access.ts";
import { applySetting, pattern } from "./parse-settings.ts";
import { allMethods, noRules, type Requirement, type Rules } from "./rules.ts";

/** Modules whose directives are known, by both names that <IfModule> accepts. */
const MODULES = new Set([
  ...["core.c", "core_module"],
  ...["access_compat", "authz_core", "authz_host", "dir", "env", "mime", "setenvif"].flatMap((name) => [
    `mod_${name}.c`,
    `${name}_module`,
  ]),
]);

const REQUIRE_SECTIONS: Readonly<Record<string, { kind: "any" | "all"; negated: boolean }>> = {
  requireany: { kind: "any", negated: false },
  requireall: { kind: "all", negated: false },
  requirenone: { kind: "any", negated: true },
};

/** The surroundings of a line, and the rules it adds to. */
interface Place {
  rules: Rules;
  required: Requirement[];
  /** How the surrounding section joins requirements. */
  within: "any" | "all";
  inRequire: boolean;
  /** Methods of the surrounding <Limit>; null: none. */
  methods: Methods | null;
}

/** The rules, or the fault of the file. `text` has one code unit per octet. */
export function parseRules(text: string): Rules | SyntaxProblem {
  const directives = readDirectives(text);
  if (!Array.isArray(directives)) return directives;
  try {
    return rulesOf(directives);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { line: error.line, problem: error.message };
  }
}

/** Requirements outside any section are alternatives. */
function rulesOf(directives: readonly Directive[]): Rules {
  const rules: Rules = { ...noRules(), sources: [{}] };
  const required: Requirement[] = [];
  readAll(directives, { rules, required, within: "any", inRequire: false, methods: null });
  if (required.length > 0)
    rules.requirement = { kind: "any", negated: false, methods: allMethods(required), of: required };
  return rules;
}

function readAll(directives: readonly Directive[], place: Place): void {
  for (const directive of directives) {
    try {
      if (directive.inside === null) readLine(directive, place);
      else readSection(directive, directive.inside, place);
    } catch (error) {
      if (error instanceof Broken) error.line ||= directive.line;
      throw error;
    }
  }
}

function readLine(directive: Directive, place: Place): void {
  const { name } = directive;
  const { rules, methods } = place;
  if (place.inRequire && !isAllowedInRequire(name))
    throw new Broken(`${name} is not known in a section of requirements`);
  if (name === "require") require(place, requirementLine(directive.arguments, methods), name);
  else if (!applyAccess(directive, methods, rules) && !applySetting(directive, rules))
    throw new Broken(`${name} is not known here`);
}

function readSection(directive: Directive, inside: Directive[], place: Place): void {
  const { name, arguments: words, closed } = directive;
  if (name === "ifmodule" || name === "ifdefine") {
    const holds = condition(name, words);
    if (!closed && !holds) throw new Broken(`<${name}> is not closed`);
    if (holds && !directive.complete) throw new Broken(`<${name}> lacks its >`);
    if (holds) readAll(inside, place);
    return;
  }
  if (!directive.complete) throw new Broken(`<${name}> lacks its >`);
  if (!closed) throw new Broken(`<${name}> is not closed`);
  if (name === "files" || name === "filesmatch") readFiles(name, words, inside, place);
  else if (name === "limit" || name === "limitexcept") readLimit(name, words, inside, place);
  else readRequirements(name, words, inside, place);
}

/** Whether a condition holds. Modules count by what is known here; no define is ever set. */
function condition(name: "ifmodule" | "ifdefine", [word]: string[]): boolean {
  if (word === undefined || word === "") throw new Broken(`<${name}> names nothing`);
  const negated = word.startsWith("!");
  return (name === "ifmodule" && MODULES.has(negated ? word.slice(1) : word)) !== negated;
}

/** A section inside a section is read and has no effect, as in Apache. */
function readFiles(name: string, words: string[], inside: Directive[], place: Place): void {
  if (place.methods !== null || place.inRequire) throw new Broken(`<${name}> is not known in this section`);
  const isPattern = name === "filesmatch" || words[0] === "~";
  const [text, ...more] = words[0] === "~" && name === "files" ? words.slice(1) : words;
  if (more.length > 0 || (text === undefined && words.length === 0)) throw new Broken(`<${name}> takes one name`);
  const compiled = isPattern ? pattern(text ?? "", false) : null;
  const matches = compiled === null ? filePattern(text ?? "") : (file: string) => compiled.match(file) !== null;
  place.rules.files.push({ matches, rules: { ...rulesOf(inside), files: [] } });
}

function readLimit(name: string, words: string[], inside: Directive[], place: Place): void {
  if (place.methods !== null) throw new Broken(`<${name}> is not known in this section`);
  if (words.length === 0) throw new Broken(`<${name}> names no method`);
  const unknown = words.find((word) => !isNamedMethod(word) || (word === "TRACE" && name === "limit"));
  if (unknown !== undefined) throw new Broken(`<${name}> cannot be of ${unknown}`);
  const named = new Set(words.map(methodKey));
  readAll(inside, { ...place, methods: name === "limit" ? named : methodsBut(named) });
}

function readRequirements(name: string, words: string[], inside: Directive[], place: Place): void {
  const form = Object.hasOwn(REQUIRE_SECTIONS, name) ? REQUIRE_SECTIONS[name] : undefined;
  if (form === undefined) throw new Broken(`<${name}> is not known here`);
  if (words.length > 0) throw new Broken(`<${name}> takes no arguments`);
  const of: Requirement[] = [];
  readAll(inside, { ...place, required: of, within: form.kind, inRequire: true });
  if (of.length === 0) throw new Broken(`<${name}> holds no requirement`);
  require(place, { ...form, methods: allMethods(of), of }, name);
}

/**
 * Where one of several suffices, a requirement that can only deny has no effect, so it is an error.
 */
function require(place: Place, made: Requirement, name: string): void {
  if (made.negated && place.within === "any")
    throw new Broken(`a negated ${name} has no effect where any requirement suffices`);
  place.required.push(made);
}
