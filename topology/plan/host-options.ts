// A host's options as a readable label, for those without the plan: `topology status` shows them.

import type { Options } from "../roles/options.ts";
import { dockerName, OPTIONS_LABEL, scenarioOf } from "./names.ts";
import type { Labels } from "./step.ts";

export function optionsLabel(options: Options): Labels {
  return { [OPTIONS_LABEL]: describeOptions(options) };
}

export function optionsOf({ [OPTIONS_LABEL]: label = "" }: Labels): Options {
  const words = label.split(" ").filter((word) => word !== "");
  return Object.fromEntries(words.map((word) => word.split("=") as [string, string]));
}

/** The container of the host that a container's host is within; undefined: it is within none. */
export function outerContainerOf(labels: Labels): string | undefined {
  const { within } = optionsOf(labels);
  return within === undefined ? undefined : dockerName(scenarioOf(labels) ?? "", within);
}

/** `structure=prethread workers=32`. */
export function describeOptions(options: Options): string {
  return Object.entries(options)
    .map(([name, text]) => `${name}=${text}`)
    .join(" ");
}
