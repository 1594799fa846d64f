// The common frame of all dashboards: variables, annotations that mark runs and link changes, and
// the time range.

import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import { DATA_SOURCE } from "./panels.ts";

export interface Frame {
  /** Part of the uid and of the address: letters and hyphens. */
  name: string;
  title: string;
  description: string;
  /** The metrics whose hosts can be chosen, as a regular expression: `up|rttlab_link_info`. */
  hostsOf: string;
}

/** An empty dashboard with the variables `scenario` and `host` and the annotations. */
export function frame({ name, title, description, hostsOf }: Frame): dashboard.DashboardBuilder {
  return new dashboard.DashboardBuilder(title)
    .uid(`rttlab-${name}`)
    .description(description)
    .tags(["rttlab"])
    .timezone("browser")
    .time({ from: "now-5m", to: "now" })
    .refresh("5s")
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(
      new dashboard.QueryVariableBuilder("scenario")
        .label("Scenario")
        .datasource(DATA_SOURCE)
        .query("label_values(up, scenario)")
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc),
    )
    .withVariable(
      new dashboard.QueryVariableBuilder("host")
        .label("Host or link")
        .datasource(DATA_SOURCE)
        .query(`label_values({__name__=~"${hostsOf}", scenario="$scenario"}, host)`)
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .sort(dashboard.VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(".*")
        .current({ text: "All", value: "$__all", selected: true }),
    )
    .annotation(
      moments(
        "Runs",
        "blue",
        'rttlab_load_run_start_timestamp_seconds{scenario="$scenario"} > 0',
        "{{host}}: a run began",
      ),
    )
    .annotation(
      moments(
        "Link changes",
        "orange",
        'rttlab_link_settings_timestamp_seconds{scenario="$scenario"}',
        "{{link}}: settings applied",
      ),
    );
}

/**
 * Marks at the moments that a series of timestamps in seconds names. Grafana wants milliseconds.
 */
function moments(name: string, color: string, expression: string, title: string): dashboard.AnnotationQueryBuilder {
  return new dashboard.AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(color)
    .expr(`1000 * (${expression})`)
    .step("1s")
    .titleFormat(title)
    .useValueForTime(true);
}
