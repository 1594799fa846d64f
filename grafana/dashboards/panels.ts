// The kinds of panel on the dashboards. A panel is a few lines of data: title, meaning and reading
// aid, unit, queries. The look is decided here once, so that all dashboards look alike. Panels name
// metrics as strings; a test checks that some service exports each.

import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as prometheus from "@grafana/grafana-foundation-sdk/prometheus";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";

/** The data source of provisioning (grafana/provisioning/datasources). */
export const DATA_SOURCE = { type: "prometheus", uid: "rttlab-prometheus" };

/** A PromQL expression and the legend of its series, with labels in double braces. */
export type Query = readonly [expression: string, legend: string];

export interface PanelText {
  title: string;
  /** The meaning of the panel, and how to read it. */
  description: string;
  /** One of Grafana's unit ids that grafana/live/format.js knows too. */
  unit: string;
  /** Columns of the 24 that it takes. */
  width: number;
  /** Rows of about 38 pixels. */
  height?: number;
}

const HEIGHT = 8;
const LOW_HEIGHT = 4;
/** Series of configured values are dashed, so that measured ones stand out. */
const CONFIGURED = "configured$";
/** Four scrapes: the least of $__rate_interval, which grows with the range. */
const LATEST_WINDOW = "4s";

/**
 * Lines over time. Series whose legend fits `dashed` (by default, ends in "configured") are dashed.
 */
export function lines(
  text: PanelText,
  queries: readonly Query[],
  options: { stacked?: boolean; dashed?: string } = {},
): Builder<dashboard.Panel> {
  const panel = captioned(new timeseries.PanelBuilder(), text)
    .unit(text.unit)
    .targets(queries.map(rangeQuery))
    .min(0)
    .lineWidth(1)
    .fillOpacity(options.stacked ? 40 : 8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true)
        .calcs([]),
    )
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .overrideByRegexp(`/${options.dashed ?? CONFIGURED}/`, [
      { id: "custom.lineStyle", value: { fill: "dash", dash: [8, 6] } },
      { id: "custom.fillOpacity", value: 0 },
    ]);
  if (options.stacked) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
  return panel;
}

/** The latest values as large numbers, one for each series. */
export function numbers(text: PanelText, queries: readonly Query[]): Builder<dashboard.Panel> {
  return captioned(new stat.PanelBuilder(), { height: LOW_HEIGHT, ...text })
    .unit(text.unit)
    .targets(queries.map(instantQuery))
    .graphMode(common.BigValueGraphMode.None)
    .textMode(common.BigValueTextMode.ValueAndName)
    .reduceOptions(lastValue());
}

/** The latest values as bars from 0 to `max`; above `warnAbove` they change colour. */
export function bars(
  text: PanelText,
  queries: readonly Query[],
  { max, warnAbove }: { max: number; warnAbove: number },
): Builder<dashboard.Panel> {
  return captioned(new bargauge.PanelBuilder(), text)
    .unit(text.unit)
    .targets(queries.map(instantQuery))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(lastValue())
    .min(0)
    .max(max)
    .thresholds(
      new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps([
        { value: null, color: "green" },
        { value: warnAbove, color: "orange" },
      ]),
    );
}

/**
 * How a distribution moves: a column per moment, a cell per bucket of the histogram, the darker the
 * more.
 */
export function distribution(text: PanelText, expression: string): Builder<dashboard.Panel> {
  return captioned(new heatmap.PanelBuilder(), text)
    .withTarget(rangeQuery([expression, "{{le}}"], 0).format(prometheus.PromQueryFormat.Heatmap))
    .calculate(false)
    .yAxis(new heatmap.YAxisConfigBuilder().unit(text.unit))
    .color(
      new heatmap.HeatmapColorOptionsBuilder().mode(heatmap.HeatmapColorMode.Scheme).scheme("Blues").exponent(0.5),
    );
}

/**
 * A column of a table: its query, its head, its unit. Rows are joined on the labels that all
 * queries share.
 */
export interface Column {
  expression: string;
  head: string;
  unit: string;
}

/** The latest values as a table: `labels` first, then a column for each query. */
export function rows(
  text: Omit<PanelText, "unit">,
  labels: Readonly<Record<string, string>>,
  columns: readonly Column[],
): Builder<dashboard.Panel> {
  const panel = captioned(new table.PanelBuilder(), text).targets(
    columns.map(({ expression }, index) =>
      instantQuery([expression, ""], index).format(prometheus.PromQueryFormat.Table),
    ),
  );
  for (const { head, unit } of columns) panel.overrideByName(head, [{ id: "unit", value: unit }]);
  const valueName = (index: number) => (columns.length === 1 ? "Value" : `Value #${refId(index)}`);
  const heads = Object.fromEntries(columns.map(({ head }, index) => [valueName(index), head]));
  const names = [...Object.keys(labels), ...Object.keys(heads)];
  return panel.withTransformation({ id: "merge", options: {} }).withTransformation({
    id: "organize",
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: { ...labels, ...heads },
    },
  });
}

/** The captions that builders of all kinds of panel take. */
interface Captioned {
  title(title: string): this;
  description(description: string): this;
  span(columns: number): this;
  height(rows: number): this;
  datasource(source: typeof DATA_SOURCE): this;
}

/** The panel with its text, its size and its data source. */
function captioned<Kind extends Captioned>(panel: Kind, text: Omit<PanelText, "unit">): Kind {
  const { title, description, width, height = HEIGHT } = text;
  return panel.title(title).description(description).span(width).height(height).datasource(DATA_SOURCE);
}

function rangeQuery(query: Query, index: number): prometheus.DataqueryBuilder {
  return dataQuery(query, index).range();
}

function instantQuery([expression, legend]: Query, index: number): prometheus.DataqueryBuilder {
  return dataQuery([expression.replaceAll("$__rate_interval", LATEST_WINDOW), legend], index).instant();
}

function dataQuery([expression, legend]: Query, index: number): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .refId(refId(index))
    .datasource(DATA_SOURCE)
    .expr(expression)
    .legendFormat(legend);
}

function refId(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function lastValue(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false);
}
