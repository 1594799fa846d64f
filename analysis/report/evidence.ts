// Why a model is off in a cell, as far as the runs show it: what their traces have that the model
// leaves out, what it counts on and they have not, and a machine or a generator that was the limit,
// of which no model knows.

import type { CellSummary } from "../cells.ts";
import { numbered } from "../format.ts";
import type { ModelError } from "../model-error.ts";
import { MODELS } from "../models/table.ts";
import { type Sighting, sightings } from "../traces/sightings.ts";

/** null without a saturated place, and without a trace in which the model's phenomena show. */
export function evidenceOf(
  { prediction }: Pick<ModelError, "prediction">,
  summary: Pick<CellSummary, "runs" | "saturated"> | undefined,
): string | null {
  const parts = [...saturationEvidence(summary), ...traceEvidence(prediction.model, summary?.runs ?? [])];
  return parts.length === 0 ? null : `${parts.join("; ")}.`;
}

function saturationEvidence(summary: Pick<CellSummary, "runs" | "saturated"> | undefined): string[] {
  const { runs = [], saturated = {} } = summary ?? {};
  return (["generator", "machine"] as const).flatMap((place) => {
    const count = saturated[place] ?? 0;
    return count === 0
      ? []
      : [`the ${place} was saturated in ${count} of ${numbered(runs.length, "run")}, of which the model knows nothing`];
  });
}

function traceEvidence(name: string, runs: CellSummary["runs"]): string[] {
  const { leavesOut = [], countsOn = [] } = MODELS.get(name) ?? {};
  const traced = runs.filter(({ traces = [] }) => traces.length > 0);
  if (traced.length === 0) return [];
  const found = sightings(traced.map(({ traces = [] }) => traces));
  const leftOut = found.filter(({ phenomenon }) => leavesOut.includes(phenomenon));
  const broken = leftOut.filter(({ isSeen }) => isSeen);
  const missing = found.filter(({ phenomenon, isSeen }) => countsOn.includes(phenomenon) && !isSeen);
  const names = (some: readonly Sighting[]) => some.map(({ phenomenon }) => phenomenon).join(", ");
  const where = `${traced.length === 1 ? "the trace of run" : "the traces of runs"} ${traced.map(({ index }) => index).join(", ")}`;
  if (broken.length + missing.length === 0)
    return leftOut.length === 0
      ? []
      : [`${where} ${traced.length === 1 ? "shows" : "show"} none of what the model leaves out (${names(leftOut)})`];
  return [
    ...(broken.length === 0 ? [] : [`in ${where}, and not in the model: ${broken.map(({ text }) => text).join(", ")}`]),
    ...(missing.length === 0 ? [] : [`in the model, and not in ${where}: ${names(missing)}`]),
  ];
}
