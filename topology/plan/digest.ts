// The label `rttlab.spec`: a short hash of each field of a spec, so that a later plan sees which
// fields have changed. A link's settings are left out: a running link may change them, and its
// agent reports them.

import { hash } from "node:crypto";
import type { Options } from "../roles/options.ts";
import { optionsLabel } from "./host-options.ts";
import { SPEC_LABEL } from "./names.ts";
import { placesLabel } from "./places.ts";
import type { Attachment, Labels } from "./step.ts";

/** The spec with its digest among its labels, and with its place and options, if it has any. */
export function sealed<Spec extends { labels: Labels; attachments?: Attachment[]; options?: Options }>(
  spec: Spec,
): Spec {
  const { labels, attachments, options } = spec;
  const places = attachments === undefined ? {} : placesLabel(attachments);
  const chosen = options === undefined ? {} : optionsLabel(options);
  return { ...spec, labels: { ...labels, ...places, ...chosen, [SPEC_LABEL]: digestOf(spec) } };
}

/**
 * Fields in which the existing thing differs from the sealed spec, in people's terms; empty if they
 * are alike.
 */
export function changes(existing: Labels, wanted: Labels): string[] {
  const [before, after] = [fieldsOf(existing), fieldsOf(wanted)];
  const fields = new Set([...before.keys(), ...after.keys()]);
  return [...fields].filter((field) => before.get(field) !== after.get(field)).map((field) => WORDS[field] ?? field);
}

const WORDS: Readonly<Record<string, string>> = {
  attachments: "addresses",
  extraHosts: "names of other hosts",
  inside: "the host that it is within",
  memoryBytes: "memory limit",
  pidsLimit: "process limit",
  processors: "processor limit",
  congestionControl: "congestion control",
  dataAddresses: "addresses",
};

function digestOf(spec: object): string {
  return Object.entries(spec)
    .map(([field, value]) => `${field}=${hashOf(field === "environment" ? withoutSettings(value) : value)}`)
    .sort()
    .join(" ");
}

function fieldsOf(labels: Labels): Map<string, string> {
  const words = (labels[SPEC_LABEL] ?? "").split(" ").filter((word) => word !== "");
  return new Map(words.map((word) => word.split("=") as [string, string]));
}

function withoutSettings(environment: Record<string, string>): object {
  if (environment.RTTLAB_LINK === undefined) return environment;
  const { settings: _, ...fixed } = JSON.parse(environment.RTTLAB_LINK);
  return { ...environment, RTTLAB_LINK: fixed };
}

function hashOf(value: unknown): string {
  return hash("sha256", JSON.stringify(value)).slice(0, 8);
}
