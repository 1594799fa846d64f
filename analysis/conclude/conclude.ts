// The sentences of an answer. Each is a template with expressions in braces, `{ratio(time, serial,
// four)}`, and the condition under which the data support it. Nobody writes a finding by hand: a
// sentence of the report follows from runs, or is struck through.

import type { Problem } from "../../lib/errors.ts";
import { type Analysis, analyse } from "../analyse.ts";
import { formatEstimate, formatNumber } from "../format.ts";
import type { Conclusion, Condition, Manifest, Selection } from "../results.ts";
import { isSelected } from "../results.ts";
import { evaluate, type Scope } from "./evaluate.ts";
import { type Expression, ExpressionFault, parseExpression } from "./parse.ts";
import type { Value } from "./value.ts";

/** `contradicted`: the data show the opposite; `open`: they show neither. */
export type Status = "supported" | "contradicted" | "open";

export interface Verdict {
  status: Status;
  /** The condition, and the result of each comparison in it. */
  condition: string;
  reasons: readonly string[];
}

export interface Finding extends Verdict {
  isAnswer: boolean;
  text: string;
}

/** `{expression}`, `{expression | plain}` without the interval, `{expression | percent}`. */
const SLOT = /\{([^{}|]*)(?:\|([^{}]*))?\}/g;
const STYLES = ["plain", "percent"];
const UNKNOWN = "–";

/** One for each conclusion. */
export function concludeStudy(analysis: Analysis): Finding[] {
  return analysis.manifest.conclusions.map((conclusion) => conclude(conclusion, analysis));
}

/**
 * The data's verdict on a condition. A study's own have been checked, but results of an earlier
 * version may have one that is refused since: that decides nothing.
 */
export function judgeCondition({ when, cells = {} }: Condition, analysis: Analysis): Verdict {
  const scope: Scope = { analysis, cells, compared: [] };
  const { value: truth, fault } = attempt(when, scope);
  const isOpen = truth?.kind !== "truth" || truth.value === null;
  const reasons = (scope.compared ?? []).map(describeComparison);
  return {
    status: isOpen ? "open" : truth.value ? "supported" : "contradicted",
    condition: when,
    reasons: fault === null ? reasons : [`column ${fault.column}: ${fault.message}`],
  };
}

function conclude(conclusion: Conclusion, analysis: Analysis): Finding {
  const { say, cells = {}, isAnswer = false } = conclusion;
  const text = say.replace(SLOT, (_, source: string, style = "") => {
    const { value } = attempt(source, { analysis, cells });
    return value === null ? UNKNOWN : formatValue(value, style.trim().split(/\s+/));
  });
  return { isAnswer, text, ...judgeCondition(conclusion, analysis) };
}

function attempt(
  source: string,
  scope: Scope,
): { value: Value; fault: null } | { value: null; fault: ExpressionFault } {
  try {
    return { value: evaluate(parseExpression(source), scope), fault: null };
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    return { value: null, fault: error };
  }
}

function describeComparison({ expression, left, right, truth }: NonNullable<Scope["compared"]>[number]): string {
  const parts = expression.kind === "binary" ? [expression.left, expression.right] : [];
  const values = [left, right].flatMap((value, at) => {
    const part = parts[at] as Expression;
    return part.kind === "number" ? [] : [`${part.text} is ${formatValue(value, [])}`];
  });
  const verdict = truth === null ? "cannot be said" : truth ? "holds" : "does not hold";
  return `${expression.text} ${verdict}: ${values.join(", ")}`;
}

function formatValue(value: Value, styles: readonly string[]): string {
  if (value.kind === "word") return value.value;
  if (value.kind === "truth") return value.value === null ? "open" : String(value.value);
  const unit = styles.includes("percent") ? "ratio" : value.unit;
  if (value.kind === "number") return formatNumber(value.value, unit);
  return styles.includes("plain") ? formatNumber(value.estimate.value, unit) : formatEstimate(value.estimate, unit);
}

interface ConclusionProblems {
  hypothesis: Problem[];
  /** Of each conclusion. */
  conclusions: Problem[][];
}

/**
 * Every problem of a study's conclusions, and of the condition that decides its hypothesis, before
 * anything is run, found by evaluating them without runs.
 */
export function conclusionProblems(manifest: Manifest): ConclusionProblems {
  const analysis = analyse({ ...manifest, effects: [] }, []);
  const { hypothesisHolds, conclusions } = manifest;
  return {
    hypothesis: hypothesisHolds === undefined ? [] : conditionProblems(hypothesisHolds, analysis, "hypothesisHolds"),
    conclusions: conclusions.map((conclusion, index) => sentenceProblems(conclusion, analysis, `conclude[${index}]`)),
  };
}

function sentenceProblems(conclusion: Conclusion, analysis: Analysis, path: string): Problem[] {
  const { say, cells = {} } = conclusion;
  const slots = [...say.matchAll(SLOT)].flatMap(({ 1: source = "", 2: style = "", index: at }) => [
    ...faultsOf(source, { analysis, cells }, `${path}.say`, at + 1, false),
    ...unknownStyles(style, `${path}.say`),
  ]);
  const strayBrace: Problem = {
    path: `${path}.say`,
    message: "a brace is opened or closed only",
    allowed: "{expression}",
    code: "E_BAD_EXPRESSION",
  };
  const isStray = /[{}]/.test(say.replace(SLOT, ""));
  return [...slots, ...(isStray ? [strayBrace] : []), ...conditionProblems(conclusion, analysis, path)];
}

function conditionProblems({ when, cells = {} }: Condition, analysis: Analysis, path: string): Problem[] {
  const selections = Object.entries(cells).flatMap(([name, selection]) =>
    unknownLevels(analysis.manifest, selection, `${path}.cells.${name}`),
  );
  return [...selections, ...faultsOf(when, { analysis, cells }, `${path}.when`, 0, true)];
}

function faultsOf(source: string, scope: Scope, path: string, offset: number, isCondition: boolean): Problem[] {
  const { value, fault } = attempt(source, scope);
  if (fault === null && (!isCondition || value.kind === "truth")) return [];
  const { column, message } = fault ?? new ExpressionFault("a condition should stand here, such as a comparison", 1);
  return [{ path, message: `column ${column + offset}: ${message}`, allowed: "", code: "E_BAD_EXPRESSION" }];
}

function unknownStyles(style: string, path: string): Problem[] {
  const unknown = style.split(/\s+/).filter((word) => word !== "" && !STYLES.includes(word));
  return unknown.map((word) => ({
    path,
    message: `"${word}" is no style`,
    allowed: STYLES.join(", "),
    code: "E_BAD_VALUE",
  }));
}

function unknownLevels({ factors, cells }: Manifest, selection: Selection, path: string): Problem[] {
  const problems = Object.entries(selection).flatMap(([name, wanted]): Problem[] => {
    const factor = factors.find((one) => one.name === name);
    if (factor === undefined) {
      const allowed = factors.map((one) => one.name).join(", ");
      return [{ path: `${path}.${name}`, message: "there is no such factor", allowed, code: "E_UNKNOWN_KEY" }];
    }
    const levels = [wanted].flat() as (string | number)[];
    const unknown = levels.filter((level) => !factor.levels.includes(level));
    const allowed = factor.levels.join(", ");
    return unknown.map((level) => {
      return { path: `${path}.${name}`, message: `${level} is no level of it`, allowed, code: "E_BAD_VALUE" };
    });
  });
  if (problems.length > 0 || cells.some(({ levels }) => isSelected(levels, selection))) return problems;
  return [{ path, message: "no cell of the study has these levels together", allowed: "", code: "E_BAD_VALUE" }];
}
