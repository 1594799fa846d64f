// Directives that set something: SetEnvIf and its relatives, SetEnv, DirectoryIndex, Options,
// AddType, ErrorDocument.

import { Broken } from "./broken.ts";
import type { Directive } from "./directives.ts";
import { errorDocument } from "./parse-error-document.ts";
import { compilePattern, type Pattern, PatternError } from "./pattern.ts";
import { joinLinks, type LinkOptions, type Property, type Rules, type VariableRule } from "./rules.ts";

/** Adds a directive to the rules; returns false for other directives. */
export function applySetting({ name, arguments: words }: Directive, rules: Rules): boolean {
  switch (name) {
    case "setenvif":
    case "setenvifnocase":
      rules.variables.push(variableRule(words, name.endsWith("nocase"), rules));
      break;
    case "browsermatch":
    case "browsermatchnocase":
      rules.variables.push(variableRule(["User-Agent", ...words], name.endsWith("nocase"), rules));
      break;
    case "setenv":
    case "unsetenv":
    case "passenv":
      setEnvironment(name, words, rules);
      break;
    case "directoryindex":
      rules.index ??= [];
      if (words.length === 1 && words[0]?.toLowerCase() === "disabled") rules.index = [];
      else rules.index.push(...words);
      break;
    case "options":
      rules.links = joinLinks(rules.links, linkOptions(words));
      break;
    case "addtype":
      rules.types = new Map([...rules.types, ...types(words)]);
      break;
    case "errordocument":
      rules.errors = new Map([...rules.errors, errorDocument(words)]);
      break;
    default:
      return false;
  }
  return true;
}

/** Compiles a pattern, or reports its fault. */
export function pattern(text: string, ignoreCase: boolean): Pattern {
  try {
    return compilePattern(text, ignoreCase);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new Broken(error.message);
  }
}

function variableRule([name, text, ...words]: string[], ignoreCase: boolean, rules: Rules): VariableRule {
  if (!name || !text || !words[0]) throw new Broken("SetEnvIf takes a property, a pattern and variables");
  return { property: property(name, rules), pattern: pattern(text, ignoreCase), assignments: words.map(assignment) };
}

const REQUEST_PROPERTIES = new Map(
  (["remote_addr", "remote_host", "server_addr", "request_method", "request_protocol", "request_uri"] as const).map(
    (kind) => [kind as string, { kind }],
  ),
);

/** Returns one object per name and file: Apache looks at a property once for successive lines. */
function property(name: string, rules: Rules): Property {
  const lower = name.toLowerCase();
  const known = rules.variables.find(({ property }) => "name" in property && property.name === lower);
  if (known !== undefined) return known.property;
  const ofRequest = REQUEST_PROPERTIES.get(lower);
  if (ofRequest !== undefined) return ofRequest;
  if (/^[-A-Za-z0-9_]*$/.test(name)) return { kind: "field", name: lower };
  return { kind: "fields", pattern: pattern(name, true) };
}

/** `V` means 1, `V=x` means x; `!V` and `V=!` unset it. */
function assignment(word: string): VariableRule["assignments"][number] {
  const equals = word.indexOf("=");
  const [name, value] = equals === -1 ? [word, ""] : [word.slice(0, equals), word.slice(equals + 1)];
  if (value !== "") return { name: name.toLowerCase(), value: value.startsWith("!") ? null : value };
  if (name.startsWith("!")) return { name: name.slice(1).toLowerCase(), value: null };
  return { name: name.toLowerCase(), value: "1" };
}

/** PassEnv has no effect, because nothing of the server's own environment is passed on. */
function setEnvironment(name: string, words: string[], rules: Rules): void {
  if (words.length === 0 || (name === "setenv" && words.length > 2)) throw new Broken(`${name} takes a name`);
  if (name === "passenv") return;
  const changed =
    name === "setenv" ? [[words[0], words[1] ?? ""] as const] : words.map((word) => [word, null] as const);
  rules.environment = new Map([
    ...rules.environment,
    ...changed.map(([key = "", value]) => [key.toLowerCase(), value] as const),
  ]);
}

const OTHER_OPTIONS = /^(?:indexes|includes|includesnoexec|execcgi|multiviews|runscripts)$/;

/** Only the options about symbolic links matter here: nothing is listed, executed or negotiated. */
function linkOptions(words: string[]): LinkOptions {
  const options: LinkOptions = { reset: false, follow: null, ownerMatch: null };
  let signed = false;
  for (const [index, word] of words.entries()) {
    const lower = word.toLowerCase();
    const sign = /^[+-]/.exec(lower)?.[0];
    const option = sign === undefined ? lower : lower.slice(1);
    const mayGoOn = /^(?:all|none)$/i.test(words[0] as string);
    if (sign === undefined && signed) throw new Broken("either all options have a sign or none");
    if (sign !== undefined && index > 0 && !signed && !mayGoOn)
      throw new Broken("either all options have a sign or none");
    if (sign === undefined) options.reset = true;
    else signed = true;
    if (option === "all" || option === "none") {
      if (sign !== undefined || index > 0) throw new Broken(`${word} stands by itself`);
      options.follow = option === "all";
    } else if (option === "followsymlinks") options.follow = sign !== "-";
    else if (option === "symlinksifownermatch") options.ownerMatch = sign !== "-";
    else if (!OTHER_OPTIONS.test(option)) throw new Broken(`the option ${word} is not known here`);
  }
  return options;
}

function types([type, ...endings]: string[]): [ending: string, type: string][] {
  if (type === undefined || endings.length === 0) throw new Broken("AddType takes a media type and endings of names");
  if (!/^[\t -~]*$/.test(type)) throw new Broken(`${type} is no media type`);
  const written = type.toLowerCase().replace(/;\s*/g, "; ");
  return endings.map((ending) => [ending.toLowerCase().replace(/^\./, ""), written]);
}
