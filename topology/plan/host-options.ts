// A host's options as a readable label, for those without the plan: `topology status` shows them.

import type { Options } from "../roles/options.ts";
import { OPTIONS_LABEL } from "./names.ts";
import type { Labels } from "./step.ts";

export function optionsLabel(options: Options): Labels {
  return { [OPTIONS_LABEL]: describeOptions(options) };
}

export function optionsOf({ [OPTIONS_LABEL]: label = "" }: Labels): Options {
  const words = label.split(" ").filter((word) => word !== "");
  return Object.fromEntries(words.map((word) => word.split("=") as [string, string]));
}

/** `structure=prethread workers=32`. */
export function describeOptions(options: Options): string {
  return Object.entries(options)
    .map(([name, text]) => `${name}=${text}`)
    .join(" ");
}
