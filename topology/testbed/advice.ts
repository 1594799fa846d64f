// The next thing to type, in the errors and results of commands. A scenario of one's own goes by
// its file's path, so that the line can be copied; later commands know the path from the label that
// `up` leaves.

import { resolve } from "node:path";
import { shellWord } from "../../lib/shell-word.ts";
import { MANAGEMENT } from "../model/topology.ts";
import { memberOf, scenarioOf, WORD_LABEL } from "../plan/names.ts";
import type { ObservedNetwork } from "../plan/observed.ts";
import { scenarioNameOf } from "./scenario-word.ts";

/** `topology up ./mine.yaml`, in backquotes. */
export function upLine(word: string): string {
  return `\`topology up ${shellWord(word)}\``;
}

/** `topology down ./mine.yaml`, in backquotes. */
export function downLine(word: string): string {
  return `\`topology down ${shellWord(word)}\``;
}

/** The word in a form that later commands, perhaps in another folder, can use. */
export function lastingWord(word: string): string {
  return scenarioNameOf(word) === word ? word : resolve(word);
}

/** The word with which a scenario was brought up; its name if unknown. */
export function wordOf(scenario: string, networks: readonly ObservedNetwork[]): string {
  const isManagement = ({ labels }: ObservedNetwork) =>
    scenarioOf(labels) === scenario && memberOf(labels) === MANAGEMENT;
  return networks.find(isManagement)?.labels[WORD_LABEL] ?? scenario;
}
