// Options of hosts, which a scenario writes beside a host's role and `on`: the words of its
// service's settings, checked before anything runs.

import { oneOf, whole } from "../../lib/fields/kinds.ts";

export type RoleOption = Words | Range;

interface Words extends Meaning {
  values: readonly string[];
}

interface Range extends Meaning {
  least: number;
  most: number;
}

interface Meaning {
  /** The variable of the service's environment that gets the value. */
  variable: string;
  help: string;
  /** The value where none is chosen. */
  usual: string;
}

/** Values of a host by option. */
export type Options = Readonly<Record<string, string>>;

export function acceptsOption(option: RoleOption, text: string): boolean {
  const kind = "values" in option ? oneOf(...option.values) : whole(option.least, option.most);
  return kind.parse(text) !== undefined;
}

export function rangeOf(option: RoleOption): string {
  if ("least" in option) return `a whole number from ${option.least} to ${option.most}`;
  const words = option.values.join(", ");
  return option.values.some((value) => !Number.isNaN(Number(value))) ? `${words}, in quotes` : words;
}

/** The chosen options as variables. */
export function environmentOf(options: Options, known: Readonly<Record<string, RoleOption>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, text]) => [known[name]?.variable ?? name, text] as const),
  );
}
