// Options of hosts, which a scenario writes beside a host's role and `on`: the words of its
// service's settings, checked before anything runs.

import { type Choice, chosenFrom, type TextKind } from "../../lib/fields/kinds.ts";

export type RoleOption = Choice & {
  /** The variable of the service's environment that gets the value. */
  variable: string;
  help: string;
  /** The value where none is chosen. */
  usual: string;
  /** Whether a running host cannot have another, so that no study changes it. */
  isFixed?: true;
  /** By value: how many threads or processes do the work, where they are not the workers. */
  threads?: Readonly<Record<string, string>>;
};

/** Values of a host by option. */
export type Options = Readonly<Record<string, string>>;

/** The texts of an option, as a scenario writes them: YAML takes a bare 1.0 for a number. */
export function kindOf(option: RoleOption): TextKind<unknown> {
  const kind = chosenFrom(option);
  const isNumeral = "values" in option && option.values.some((value) => !Number.isNaN(Number(value)));
  return isNumeral ? { ...kind, allowed: `${kind.allowed}, in quotes` } : kind;
}

/** The chosen options as variables. */
export function environmentOf(options: Options, known: Readonly<Record<string, RoleOption>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, text]) => [known[name]?.variable ?? name, text] as const),
  );
}
