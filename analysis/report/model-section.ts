// The model beside the measurements: cell by cell with the error's interval, and where it fails:
// cells outside its assumptions, with the assumption, and cells inside where its error exceeds 10 %
// beyond chance, each with what its runs and traces show. Cells whose error exceeds it without an
// interval that leaves chance out are named apart.

import type { Analysis } from "../analyse.ts";
import type { CellSummary } from "../cells.ts";
import { formatEstimate, formatNumber, numbered } from "../format.ts";
import type { ModelError } from "../model-error.ts";
import { MODELS } from "../models/table.ts";
import { measuredParameters } from "../parameters.ts";
import { GOOD_ERROR, labelOf } from "../plots/model-error.ts";
import { groupAlike } from "./alike.ts";
import { type Block, tableOf } from "./document.ts";
import { evidenceOf } from "./evidence.ts";
import { describeSelection } from "./selection.ts";
import { levelTexts } from "./tables.ts";

export function modelSection(analysis: Analysis): Block[] {
  const byModel = Map.groupBy(analysis.modelErrors, ({ prediction }) => prediction.model);
  const parameters = parameterBlocks(analysis);
  if (byModel.size === 0 && parameters.length === 0) return [];
  return [
    { kind: "heading", text: "Model beside measurement" },
    ...parameters,
    ...[...byModel].flatMap(([name, errors]) => modelBlocks(name, errors, analysis)),
  ];
}

/** The inputs that the models take from this study's own measurements. */
function parameterBlocks({ manifest, cells }: Analysis): Block[] {
  const measured = measuredParameters(manifest, cells);
  if (measured.length === 0) return [];
  const rows = measured.map(({ parameter, unit, means }) => [
    parameter.name,
    `${parameter.quantity}, ${describeSelection(parameter.where, manifest.factors)}`,
    formatNumber(parameter.expected, unit),
    means.length === 0 ? "not yet" : means.map(({ mean }) => formatEstimate(mean, unit)).join("; "),
  ]);
  return [
    {
      kind: "paragraph",
      text: "These inputs of the models are measured in this study, in cells that the models which take them do not predict. Nothing is fitted to what is predicted.",
    },
    tableOf({
      caption: "Parameters of the models",
      head: ["parameter", "the mean of", "expected", "measured (95 %)"],
      rows,
      numbersFrom: 2,
    }),
  ];
}

function modelBlocks(name: string, errors: readonly ModelError[], { manifest, cells }: Analysis): Block[] {
  const model = MODELS.get(name);
  const inDomain = errors.filter((error) => error.isInDomain);
  const good = inDomain.filter(({ relativeError }) => Math.abs(relativeError.value) <= GOOD_ERROR);
  const percent = (count: number, of: number) => (of === 0 ? "none" : `${count} of ${of}`);
  const varying = manifest.factors.filter(({ levels }) => levels.length > 1);
  const rows = errors.map(({ cell, prediction, predicted, measured, relativeError, isInDomain }) => {
    const unit = manifest.quantities.find((quantity) => quantity.name === prediction.quantity)?.unit ?? "";
    return [
      ...levelTexts(cell.levels, manifest.factors),
      isUncertain({ predicted }) ? formatEstimate(predicted, unit) : formatNumber(prediction.value, unit),
      formatEstimate(measured, unit),
      formatEstimate(relativeError, "ratio"),
      isInDomain ? "yes" : "no",
    ];
  });
  return [
    { kind: "subheading", text: `The model "${name}"` },
    {
      kind: "paragraph",
      text: `${model?.title ?? name}. ${model?.source ?? ""}. Its assumptions hold in ${percent(inDomain.length, errors.length)} cells measured; of those it is within ${100 * GOOD_ERROR} % of the mean in ${percent(good.length, inDomain.length)}.`,
    },
    tableOf({
      caption: `Predicted and measured: ${name}`,
      head: [
        ...manifest.factors.map(({ label }) => label),
        errors.some(isUncertain) ? "predicted (95 %)" : "predicted",
        "measured (95 %)",
        "error (95 %)",
        "in domain",
      ],
      rows,
      numbersFrom: manifest.factors.length,
    }),
    { kind: "subheading", text: `Where "${name}" fails` },
    {
      kind: "list",
      items: failures(errors, cells, (error) => labelOf(error.cell, varying)),
    },
  ];
}

/** A prediction that takes measured parameters. */
function isUncertain({ predicted: { lower, upper } }: Pick<ModelError, "predicted">): boolean {
  return lower !== upper;
}

const MOST_NAMED = 8;
const MOST_EXPLAINED = 12;

function failures(
  errors: readonly ModelError[],
  cells: readonly CellSummary[],
  label: (error: ModelError) => string,
): string[] {
  const named = (some: readonly ModelError[]) =>
    `${some.slice(0, MOST_NAMED).map(label).join("; ")}${some.length > MOST_NAMED ? `; and ${some.length - MOST_NAMED} more` : ""}`;
  const outside = groupAlike(
    errors.filter(({ isInDomain }) => !isInDomain),
    ({ prediction }) => prediction.brokenAssumptions.join("; "),
  );
  const unexplained = errors.filter((error) => error.isInDomain && isBeyond(error));
  const items = outside.map(({ text: reason, items: some }) => {
    const largest = some.reduce((one, other) =>
      Math.abs(other.relativeError.value) > Math.abs(one.relativeError.value) ? other : one,
    );
    return `Outside its domain in ${numbered(some.length, "cell")}: ${reason}. Largest error there ${formatEstimate(largest.relativeError, "ratio")}, at ${label(largest)}. Cells: ${named(some)}.`;
  });
  if (unexplained.length > 0) {
    items.push(
      `In its domain, yet off by more than ${100 * GOOD_ERROR} % beyond chance, in ${numbered(unexplained.length, "cell")}: ${named(unexplained)}. By its inputs its assumptions hold there.`,
    );
  }
  const nowhere = `In no cell is it off by more than ${100 * GOOD_ERROR} % beyond chance.`;
  const open = errors.filter((error) => error.isInDomain && isOpen(error));
  return [
    ...(items.length === 0 ? [nowhere] : items),
    ...(open.length === 0
      ? []
      : [
          `It cannot be said of ${numbered(open.length, "cell")}, where the error is over ${100 * GOOD_ERROR} % and no interval leaves chance out: ${named(open)}.`,
        ]),
    ...explanations(errors, cells, label),
  ];
}

/** Each cell that is off beyond chance, with its evidence, the worst first. */
function explanations(
  errors: readonly ModelError[],
  cells: readonly CellSummary[],
  label: (error: ModelError) => string,
): string[] {
  const summaries = new Map(cells.map((summary) => [summary.cell.id, summary]));
  const off = errors
    .filter(isBeyond)
    .toSorted((one, other) => Math.abs(other.relativeError.value) - Math.abs(one.relativeError.value))
    .map((error) => ({ error, evidence: evidenceOf(error, summaries.get(error.cell.id)) }));
  const items = off.flatMap(({ error, evidence }) =>
    evidence === null ? [] : [`${label(error)} (${formatEstimate(error.relativeError, "ratio")}): ${evidence}`],
  );
  const without = off.filter(({ error, evidence }) => evidence === null && error.isInDomain).length;
  return [
    ...items.slice(0, MOST_EXPLAINED),
    ...(items.length > MOST_EXPLAINED
      ? [`And ${numbered(items.length - MOST_EXPLAINED, "more cell")} with smaller errors.`]
      : []),
    ...(without > 0 ? [`For ${without} of the cells in its domain no trace shows what the model leaves out.`] : []),
  ];
}

/** The error lies outside the good band, and might be chance for all that the runs say. */
function isOpen(error: ModelError): boolean {
  return Math.abs(error.relativeError.value) > GOOD_ERROR && !isBeyond(error);
}

/** The whole interval lies outside the good band. */
function isBeyond({ relativeError: { lower, upper } }: ModelError): boolean {
  return lower !== null && upper !== null && (lower > GOOD_ERROR || upper < -GOOD_ERROR);
}
