// The one place where a dashboard's variables and Grafana's own ($__interval, $__rate_interval,
// $__range) become PromQL. Pure.
// https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/ has the rules.

/** How often Prometheus scrapes (prometheus.yml); a rate needs several scrapes in its window. */
export const SCRAPE_SECONDS = 1;

/**
 * Chosen values by variable; an empty list, or one that holds ALL, stands for all of them.
 * @typedef {Readonly<Record<string, readonly string[]>>} Choices
 */

/** The value by which Grafana names "all of them". */
export const ALL = "$__all";

/**
 * The width of a rate's window that always holds a rate: at least four scrapes, and one more than a
 * step.
 * @param {number} stepSeconds
 */
export function rateIntervalSeconds(stepSeconds) {
  return Math.max(stepSeconds + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
}

/**
 * The expression with every variable replaced. Several values become a group of a regular
 * expression, as `=~` takes it. A name that is not known stays as it is.
 * @param {string} expression
 * @param {Choices} choices
 * @param {{ stepSeconds: number, rangeSeconds: number }} time
 * @param {Readonly<Record<string, string>>} allValues what stands for all values of a variable
 */
export function interpolate(expression, choices, { stepSeconds, rangeSeconds }, allValues = {}) {
  /** @type {Readonly<Record<string, string>>} */
  const builtIn = {
    __interval: `${stepSeconds}s`,
    __interval_ms: String(stepSeconds * 1000),
    __rate_interval: `${rateIntervalSeconds(stepSeconds)}s`,
    __range: `${Math.round(rangeSeconds)}s`,
    __range_s: String(Math.round(rangeSeconds)),
  };
  return expression.replace(/\$(?:\{(\w+)\}|(\w+))/g, (written, braced, plain) => {
    const name = braced ?? plain;
    if (builtIn[name] !== undefined) return builtIn[name];
    const values = choices[name];
    return values === undefined ? written : valueText(values, allValues[name] ?? ".*");
  });
}

/**
 * @param {readonly string[]} values
 * @param {string} allValue
 */
function valueText(values, allValue) {
  if (values.length === 0 || values.includes(ALL)) return allValue;
  if (values.length === 1) return quoted(/** @type {string} */ (values[0]));
  return `(${values.map((value) => quoted(escapeRegex(value))).join("|")})`;
}

/** @param {string} value */
function escapeRegex(value) {
  return value.replace(/[\\^$*+?.()|[\]{}]/g, "\\$&");
}

/** @param {string} value */
function quoted(value) {
  return value.replace(/[\\"]/g, "\\$&");
}

/**
 * The parts of a variable's query, `label_values(metric, label)` or `label_values(label)`; null for
 * any other form.
 * @param {string} query
 * @returns {{ selector: string | null, label: string } | null}
 */
export function parseLabelValues(query) {
  const match = /^\s*label_values\(\s*(?:(.+?)\s*,\s*)?(\w+)\s*\)\s*$/s.exec(query);
  return match === null ? null : { selector: match[1] ?? null, label: /** @type {string} */ (match[2]) };
}

/**
 * The name of a series: its legend with labels in, or name and labels where there is none.
 * @param {string | undefined} legend
 * @param {Readonly<Record<string, string>>} labels
 */
export function seriesName(legend, labels) {
  if (legend !== undefined && legend !== "" && legend !== "__auto") {
    return legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? "");
  }
  const { __name__: name = "", ...others } = labels;
  const list = Object.entries(others).map(([label, value]) => `${label}="${value}"`);
  return list.length === 0 ? name || "value" : `${name}{${list.join(", ")}}`;
}
