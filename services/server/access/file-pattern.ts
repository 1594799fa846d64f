// Wildcards of <Files> as APR matches them (apr_fnmatch without flags): `*`, `?`, `[a-z]`, `[!a]`,
// and a backslash that makes the next character literal. A name without wildcards is compared
// literally.

/** A matcher of names for a text that may contain wildcards. */
export function filePattern(text: string): (name: string) => boolean {
  if (!/[*?]|\[.*\]/.test(text)) return (name) => name === text;
  const parts = wildcards(text);
  return (name) => matches(parts, name);
}

type Part = "any" | ((character: string) => boolean);

function wildcards(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] as string;
    const set = character === "[" ? bracket(text.slice(at)) : null;
    if (set !== null) {
      parts.push(set.has);
      at += set.length;
      continue;
    }
    at++;
    if (character === "*") parts.push("any");
    else if (character === "?") parts.push(() => true);
    else {
      const literal = character === "\\" && at < text.length ? (text[at++] as string) : character;
      parts.push((one) => one === literal);
    }
  }
  return parts;
}

function bracket(rest: string): { has: (character: string) => boolean; length: number } | null {
  const [all, negated, inside = ""] = /^\[([!^]?)(\]?(?:\\.|[^\]\\])*)\]/.exec(rest) ?? [];
  if (all === undefined) return null;
  const ranges = Array.from(inside.matchAll(/(\\.|[^\\])(?:-(\\.|[^\\]))?/g), ([, first = "", last = first]) => [
    first.at(-1) as string,
    last.at(-1) as string,
  ]);
  const has = (one: string) => ranges.some(([first = "", last = ""]) => first <= one && one <= last);
  return { has: (one) => has(one) !== (negated !== ""), length: all.length };
}

/** A star first matches as little as possible. Only the last star ever has to match more. */
function matches(parts: readonly Part[], name: string): boolean {
  let part = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = parts[part];
    if (wanted === "any") {
      star = part++;
      starAt = at;
    } else if (wanted?.(name[at] as string)) {
      part++;
      at++;
    } else if (star === -1) return false;
    else {
      part = star + 1;
      at = ++starAt;
    }
  }
  return parts.slice(part).every((left) => left === "any");
}
