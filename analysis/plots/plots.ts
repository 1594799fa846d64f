// The plots of a study as SVG: those its file asks for, then the model's errors. A plot without
// data yet is left out of a partial report.

import type { Analysis } from "../analyse.ts";
import { isSelected, type PlotRequest } from "../results.ts";
import { cdfPlot } from "./cdf.ts";
import { factorPlot } from "./factor.ts";
import { labelOf, modelErrorCaption, modelErrorPlot } from "./model-error.ts";
import { phasesPlot } from "./phases.ts";
import { renderSvg } from "./render.ts";
import { doublingsOf, tracePlot } from "./trace.ts";

export interface Plot {
  /** Unique in the report; a file's name without its ending. */
  name: string;
  title: string;
  caption: string;
  svg: string;
}

const TRACE_CAPTION =
  "One run. Bands: the phases of congestion control, as the sender's own state has them. Triangles on the axis: segments sent again. Below: what waits at the bottleneck.";

/** Traces shown at most: each is a picture of one run. */
const MOST_TRACES = 6;

export async function drawPlots(analysis: Analysis): Promise<Plot[]> {
  const plots: Plot[] = [];
  for (const [index, request] of analysis.manifest.plots.entries()) {
    plots.push(...(await drawRequest(analysis, request, `plot-${index + 1}`)));
  }
  const { modelErrors: errors, manifest } = analysis;
  for (const [model, of] of Map.groupBy(errors, ({ prediction }) => prediction.model)) {
    const title = `The model "${model}" beside what was measured`;
    const name = `model-${model}`;
    const svg = await renderSvg(modelErrorPlot(of, manifest.factors), name, title);
    plots.push({ name, title, caption: modelErrorCaption(of.length), svg });
  }
  return plots;
}

async function drawRequest(analysis: Analysis, request: PlotRequest, name: string): Promise<Plot[]> {
  const { kind, title } = request;
  if (kind === "trace") return drawTraces(analysis, request, name);
  const isMeasured = request.quantities.some((quantity) =>
    analysis.cells.some(({ quantities }) => (quantities.get(quantity)?.values.length ?? 0) > 0),
  );
  if (!isMeasured) return [];
  const draw = { factor: factorPlot, load: factorPlot, cdf: cdfPlot, phases: phasesPlot }[kind];
  const { spec, caption } = draw(analysis, request);
  return [{ name, title, caption, svg: await renderSvg(spec, name, title) }];
}

/** The longest course of the first traced run of each cell. */
async function drawTraces({ cells, manifest }: Analysis, request: PlotRequest, name: string): Promise<Plot[]> {
  const { title, where = {}, doublings } = request;
  const traced = cells.flatMap(({ cell, runs }) => {
    const [trace] = runs.find(({ traces = [] }) => traces.length > 0)?.traces ?? [];
    return trace !== undefined && isSelected(cell.levels, where) ? [{ trace, cell }] : [];
  });
  const varying = manifest.factors.filter(({ levels }) => levels.length > 1);
  const plots: Plot[] = [];
  for (const [index, { trace, cell }] of traced.slice(0, MOST_TRACES).entries()) {
    const full = `${title}: ${labelOf(cell, varying)}`;
    const part = `${name}-${index + 1}`;
    const model = doublings === undefined ? null : doublingsOf(doublings, cell.levels);
    const caption = `${TRACE_CAPTION} ${trace.connection}.`;
    plots.push({ name: part, title: full, caption, svg: await renderSvg(tracePlot(trace, model), part, full) });
  }
  return plots;
}
