// The words of `npm run engines`: engines and parts of the tests, in any order, because npm drops
// the `--` between them.

import { type Problem, RttlabError } from "../../lib/errors.ts";
import { asksForHelp, HELP_WORDS } from "../help.ts";

export interface EngineWords {
  engines: string[];
  parts: string[];
  /** Whether the results go into docs/engines.md. */
  isRecorded: boolean;
  isHelp: boolean;
}

const RECORD = "record";

/**
 * Reads the words. Without a named engine all engines are meant, without a part the usual ones.
 * Throws E_USAGE with every word that means nothing.
 */
export function readEngineWords(
  words: readonly string[],
  known: { engines: readonly string[]; parts: readonly string[]; usualParts: readonly string[] },
): EngineWords {
  const meant = words.filter((word) => word !== "--");
  const isHelp = asksForHelp(meant);
  const allowed = [...known.engines, ...known.parts, ...HELP_WORDS, RECORD];
  const problems: Problem[] = meant
    .filter((word) => !allowed.includes(word))
    .map((word) => ({
      path: word,
      message: `is neither an engine, nor a part, nor ${RECORD}`,
      allowed: `engines: ${known.engines.join(", ")}; parts: ${known.parts.join(", ")}`,
    }));
  if (problems.length > 0 && !isHelp) {
    throw new RttlabError("E_USAGE", `engines ${words.join(" ")}: not understood`, { problems });
  }
  const named = (names: readonly string[]) => names.filter((name) => meant.includes(name));
  const [engines, parts] = [named(known.engines), named(known.parts)];
  return {
    engines: engines.length > 0 ? engines : [...known.engines],
    parts: parts.length > 0 ? parts : [...known.usualParts],
    isRecorded: meant.includes(RECORD),
    isHelp,
  };
}
